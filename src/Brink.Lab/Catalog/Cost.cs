namespace Brink.Lab;

/// <summary>What a run takes on 2 cores; docs/measurements.md says what was measured and what is reckoned from the cost of a
/// step.</summary>
/// <param name="Seconds">Of the whole run.</param>
/// <param name="MemoryMb">Largest resident memory.</param>
public sealed record Cost(int Seconds, int MemoryMb);
