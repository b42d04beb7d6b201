namespace Brink.Runs;

/// <summary>What a measurement says of a learning-rate warm-up.</summary>
/// <param name="Target">The learning rate that the warm-up leads to; null where none is known.</param>
/// <param name="Highest">The highest learning rate that is stable; null where it is not known.</param>
/// <param name="End">The step at which the warm-up may end; null where it cannot be foreseen.</param>
/// <param name="Reason">In words.</param>
public sealed record WarmUpRow(double? Target, double? Highest, long? End, string Reason);
