namespace Brink.Landscapes;

/// <summary>End of gradient descent on an <see cref="EvenSplit"/>.</summary>
/// <param name="Converged">True if descent reached a stable minimum.</param>
/// <param name="Steps">Number of steps taken.</param>
/// <param name="End">c and d at the end.</param>
/// <param name="FinalSharpness">Sharpness of the minimum with that c; NaN where descent did not converge.</param>
public sealed record EvenSplitEnd(bool Converged, long Steps, DriftPair End, double FinalSharpness)
{
    /// <summary>|d - 1| below which a stable minimum counts as reached: c then changes by the order of its square.</summary>
    public const double Tolerance = 1e-10;

    /// <param name="descent">The loss and its learning rate, below 1/k.</param>
    /// <param name="start">First point.</param>
    /// <param name="maxSteps">Maximum number of steps.</param>
    /// <param name="observe">Called with every point, the start first.</param>
    public static EvenSplitEnd Of(EvenSplit descent, DriftPair start, long maxSteps, Action<long, DriftPair>? observe = null)
    {
        var at = descent.About(start);
        for (var step = 0L; ; step++)
        {
            var point = new DriftPair(descent.EdgeC + at.A, 1 + at.B);
            observe?.Invoke(step, point);
            if (!double.IsFinite(point.D) || !double.IsFinite(point.C)) return new(false, step, point, double.NaN);
            // Descent may also pass as close to an unstable minimum, and leaves it again.
            // For even k, x y = -1 is a minimum too.
            var distance = descent.K % 2 == 0 ? Math.Min(Math.Abs(at.B), Math.Abs(at.B + 2)) : Math.Abs(at.B);
            if (distance < Tolerance && at.A < 0)
                return new(true, step, point, descent.SharpnessAtMinimum(point.C));
            if (step == maxSteps) return new(false, step, point, double.NaN);
            at = descent.Next(at);
        }
    }
}
