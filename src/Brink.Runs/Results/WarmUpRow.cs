namespace Brink.Runs;

/// <summary>The advice of a measurement about a learning-rate warm-up.</summary>
/// <param name="Target">The learning rate at the end of the warm-up; null if it is not known.</param>
/// <param name="Highest">The highest stable learning rate; null if it is not known.</param>
/// <param name="End">The step at which the warm-up may end; null if it cannot be predicted.</param>
/// <param name="Reason">The reason, in words.</param>
public sealed record WarmUpRow(double? Target, double? Highest, long? End, string Reason);
