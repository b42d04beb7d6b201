namespace Brink.Lab;

/// <summary>Cost of a run on 2 cores; docs/benchmarks/edge-of-stability.md lists which costs are measured and which are
/// estimated from the cost of a step.</summary>
/// <param name="Seconds">Duration of the whole run.</param>
/// <param name="MemoryMb">Largest resident memory.</param>
/// <param name="IsMeasured">True if a whole run, or measured steps of every phase (<see cref="MeasuredCost"/>), stand behind
/// it.</param>
public sealed record Cost(int Seconds, int MemoryMb, bool IsMeasured = true);
