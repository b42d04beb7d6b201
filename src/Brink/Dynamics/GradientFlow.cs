using Brink.Algebra;
using Brink.Objectives;

namespace Brink.Dynamics;

/// <summary>Gradient flow, d theta / d tau = -grad L(theta), sampled at equal intervals of time.</summary>
/// <remarks>The explicit Runge-Kutta pair of Dormand and Prince (1980), orders 5 and 4, with local extrapolation; the last
/// stage is the first of the next substep. Substeps are as long as their error allows, whatever the sampling interval; inside
/// them the solution is the pair's continuous extension of order 4. Where the sharpness makes the flow stiff, the error
/// estimate keeps the substep inside the region of stability (about 3.3 / S).</remarks>
/// <param name="Objective">Loss L.</param>
/// <param name="Duration">Time of one step: the learning rate of the descent it is compared with.</param>
/// <param name="Tolerance">Error tolerance of a substep, relative to max(||theta||, 1).</param>
/// <param name="Slopes">The loss that the stages differentiate, such as L with the rounding of float32, which must stay far
/// below the tolerance; null: L itself.</param>
public sealed record GradientFlow(IObjective Objective, double Duration, double Tolerance = 1e-8, IObjective? Slopes = null)
    : IResumable<FlowPoint>
{
    // Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, table 5.2.
    internal static readonly double[][] Stages =
    [
        [1.0 / 5],
        [3.0 / 40, 9.0 / 40],
        [44.0 / 45, -56.0 / 15, 32.0 / 9],
        [19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729],
        [9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656],
        [35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84],
    ];

    /// <summary>Weights of order 5 minus those of order 4.</summary>
    private static readonly double[,] Difference =
        { { 71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40 } };

    // Shortest substep, as a share of a step: a flow that needs less runs to infinity in finite time.
    private const double LeastSubstep = 1e-9;

    /// <inheritdoc/>
    public FlowPoint Start(Tensor theta) => new(new Point(Objective, theta.clone()), Duration, null);

    /// <exception cref="ArithmeticException">The error is not finite, or no substep is small
    /// enough.</exception>
    public FlowPoint Step(FlowPoint state)
    {
        using var scope = NewDisposeScope();
        var (around, substep) = (state.Around, state.Substep);
        var time = Duration + (around?.Passed ?? 0);
        while (around is null || time > around.Length)
        {
            using var inner = NewDisposeScope();
            var (next, error) = Substep(around?.End ?? state.Point.Theta, around?.Slopes[^1] ?? state.Point.Gradient, substep);
            // The usual controller: order 5 estimate, safety 0.9, at most 5 times up and down (Hairer et al., II.4). A NaN
            // error comes from a step that is far too long.
            var factor = double.IsNaN(error)
                ? 0.2
                : Math.Clamp(0.9 * Math.Pow(Math.Max(error, 1e-16), -1.0 / 5), 0.2, 5);
            if (error <= 1)
            {
                time -= around?.Length ?? 0;
                if (!ReferenceEquals(around, state.Around)) around?.Dispose();
                around = next.MovedToOuter();
                substep *= factor;
                continue;
            }
            if (substep * Math.Min(factor, 1) < Duration * LeastSubstep)
                throw new ArithmeticException(
                    $"gradient flow: the error estimate is {error} in a substep of {substep}, the shortest allowed; "
                        + "the flow may diverge here");
            substep *= Math.Min(factor, 1);
        }
        return new(Sampled(around.At(time)), substep, around.UpTo(time));
    }

    /// <inheritdoc/>
    public void Save(FlowPoint state, Snapshot to)
    {
        state.Point.Save(to);
        to.Set("substep", state.Substep);
        state.Around?.Save(to.Part("around"));
    }

    /// <inheritdoc/>
    public FlowPoint Restored(Snapshot from)
    {
        var around = from.Part("around");
        return around.Has("length")
            ? new(Sampled(from.Tensor("theta")), from.Number("substep"), FlowSubstep.Restored(around))
            : new(Point.Restored(Objective, from), from.Number("substep"), null);
    }

    // A sampled point lies inside a substep: its gradient is not used.
    private Point Sampled(Tensor theta) => new(Objective, theta) { WantsGradient = false };

    /// <summary>Computes the solution over a time h, and its error in units of the tolerance.</summary>
    internal (FlowSubstep Substep, double Error) Substep(Tensor theta, Tensor slope, double h)
    {
        var (end, slopes) = (theta, new List<Tensor> { slope.alias() });
        foreach (var stage in Stages)
        {
            end = FlowSubstep.Moved(theta, h, stage, slopes);
            slopes.Add((Slopes ?? Objective).LossAndGradient(end).Gradient);
        }
        var error = h * Math.Sqrt(Multivector.Combine(Difference, slopes).Squares[0]);
        return (new(theta.alias(), end, [slopes[0], .. slopes.Skip(2)], h), error / (Tolerance * Math.Max(1, theta.norm().ToDouble())));
    }
}
