using static System.FormattableString;

namespace Brink.Monitoring;

/// <summary>The highest learning rate of a warm-up at one point, and the step at which it may end.</summary>
/// <param name="Target">Learning rate that it leads to; null if none was given.</param>
/// <param name="Highest">Highest learning rate now; infinite where nothing curves upwards, null if it is not known.</param>
/// <param name="End">Step from which the target is stable; null if no such step is predicted.</param>
/// <param name="Reason">Reason in one line.</param>
public sealed record WarmUp(double? Target, double? Highest, long? End, string Reason)
{
    /// <summary>Returns the limits for the optimizer of a reading, from that reading and the ones before.</summary>
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
            null => StepAdvice.Unknown,
            double.PositiveInfinity => "no direction has positive curvature: any learning rate is stable at this step",
            { } rate => Invariant($"the learning rate may rise to {rate:g3} at this step, where the effective sharpness would be 2"),
        });
    }

    /// <summary>Returns the limits for gradient descent, from a single point.</summary>
    /// <param name="largestStep">2/S at that point; infinite where nothing curves upwards.</param>
    public static WarmUp At(double largestStep) => new(null, largestStep, null, double.IsPositiveInfinity(largestStep)
        ? "no direction has positive curvature: any learning rate is stable at this point"
        : Invariant($"with gradient descent the learning rate may rise to {largestStep:g3} at this point (2/S), and with another")
            + " method to the largest stable step of that method; a higher rate is stable only after the sharpness has fallen: use"
            + " StabilityMonitor during training to see when");
}
