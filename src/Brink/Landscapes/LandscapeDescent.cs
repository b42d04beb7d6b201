namespace Brink.Landscapes;

/// <summary>Gradient descent on a landscape.</summary>
/// <param name="Moments">The first <see cref="EveryStep"/> points, then evenly spaced pairs of consecutive points, which show
/// both sides of an oscillation. The last point is included.</param>
/// <param name="Steps">Number of steps taken.</param>
/// <param name="Outcome">Reason for the end.</param>
public sealed record LandscapeDescent(IReadOnlyList<DescentMoment> Moments, long Steps, DescentOutcome Outcome)
{
    /// <summary>Number of points at the start of a descent that are all kept.</summary>
    public const int EveryStep = 1000;

    // Approximate number of points that are kept.
    private const int Kept = 6000;

    /// <summary>Gradient norm, relative to the larger of 1 and S, at which a stable minimum counts as reached.</summary>
    public const double Tolerance = 1e-10;

    /// <summary>The last point.</summary>
    public DescentMoment End => Moments[^1];

    /// <param name="landscape">Loss L.</param>
    /// <param name="learningRate">Learning rate eta.</param>
    /// <param name="start">First point [p].</param>
    /// <param name="maxSteps">Maximum number of steps.</param>
    public static LandscapeDescent Of(Landscape landscape, double learningRate, IReadOnlyList<double> start, long maxSteps)
    {
        var kept = new List<(long Step, double[] Theta)>();
        var (theta, stride) = (start.ToArray(), 2L);
        for (var step = 0L; ; step++)
        {
            var gradient = landscape.Gradient(theta);
            var outcome = Ended(landscape, learningRate, theta, gradient, step == maxSteps);
            if (step < EveryStep || step % stride < 2 || outcome is not null) kept.Add((step, theta));
            if (outcome is { } end)
                return new([.. kept.Select(point => Moment(landscape, point.Step, point.Theta))], step, end);
            if (kept.Count > Kept)
            {
                stride *= 2;
                kept.RemoveAll(point => point.Step >= EveryStep && point.Step % stride >= 2);
            }
            theta = [.. theta.Zip(gradient, (x, g) => x - (learningRate * g))];
        }
    }

    private static DescentOutcome? Ended(Landscape landscape, double learningRate, double[] theta, double[] gradient, bool last)
    {
        if (!theta.All(double.IsFinite) || !gradient.All(double.IsFinite) || !double.IsFinite(landscape.Loss(theta)))
            return DescentOutcome.Diverged;
        var norm = Math.Sqrt(gradient.Sum(g => g * g));
        // A spectrum is expensive: it is computed only where the gradient is small enough for some sharpness.
        if (norm < 1e-6)
        {
            var (least, sharpness) = landscape.Extremes(theta);
            // Descent leaves a saddle, and a minimum that is too sharp.
            if (norm <= Tolerance * Math.Max(1, sharpness) && sharpness <= 2 / learningRate && least > -1e-8 * sharpness)
                return DescentOutcome.Converged;
        }
        return last ? DescentOutcome.OutOfSteps : null;
    }

    private static DescentMoment Moment(Landscape landscape, long step, double[] theta)
    {
        var finite = theta.All(double.IsFinite);
        return new(step, theta, landscape.Loss(theta), finite ? landscape.Extremes(theta).Sharpness : double.NaN);
    }
}

/// <param name="Theta">Point [p].</param>
/// <param name="Sharpness">The largest eigenvalue of the Hessian at the point; NaN where theta is not finite.</param>
public sealed record DescentMoment(long Step, IReadOnlyList<double> Theta, double Loss, double Sharpness);

/// <summary>Reason for the end of a descent on a landscape.</summary>
public enum DescentOutcome
{
    /// <summary>Descent reached a minimum with S at most 2/eta.</summary>
    Converged,

    /// <summary>Descent made the maximum number of steps without either other outcome.</summary>
    OutOfSteps,

    /// <summary>Theta, the gradient or the loss is not finite.</summary>
    Diverged,
}
