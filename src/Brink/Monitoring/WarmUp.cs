using static System.FormattableString;

namespace Brink.Monitoring;

/// <summary>How far the learning rate of a warm-up may rise at one point, and when it may end.</summary>
/// <param name="Target">The learning rate that it leads to; null where none was named.</param>
/// <param name="Highest">The learning rate that it may have now; infinite where nothing curves upwards, null where it is not
/// known.</param>
/// <param name="End">The step from which the target is stable; null where that is not foreseen.</param>
/// <param name="Reason">In one line.</param>
public sealed record WarmUp(double? Target, double? Highest, long? End, string Reason)
{
    /// <summary>With the optimizer of a reading, from it and the ones before.</summary>
    public static WarmUp At(StabilityReading reading)
    {
        var highest = reading.LargestStableLearningRate;
        if (reading.WarmUpTarget is { } target)
        {
            var (end, reason) = StepAdvice.WarmUpEnd(reading, target);
            return new(target, highest, end, reason);
        }
        return new(null, highest, null, highest switch
        {
            null => "which learning rate is stable is not known here",
            double.PositiveInfinity => "nothing curves upwards here: it may rise to any rate now",
            { } rate => Invariant($"it may rise to {rate:g3} now, where the effective sharpness would be 2"),
        });
    }

    /// <summary>With gradient descent, from a single point.</summary>
    /// <param name="largestStep">2/S there; infinite where nothing curves upwards.</param>
    public static WarmUp At(double largestStep) => new(null, largestStep, null, double.IsPositiveInfinity(largestStep)
        ? "nothing curves upwards here: it may rise to any rate"
        : Invariant($"with gradient descent it may rise to {largestStep:g3} at this point, 2/S, and with another method to its")
            + " own largest stable step; a higher rate has to wait until the sharpness has fallen, and when that is one point"
            + " does not say: StabilityMonitor does, during training");
}
