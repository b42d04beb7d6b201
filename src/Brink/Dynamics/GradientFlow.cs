using Brink.Algebra;
using Brink.Objectives;

namespace Brink.Dynamics;

/// <summary>d theta / d tau = -grad L(theta); one step covers a given time, as many substeps as the error
/// asks for.</summary>
/// <remarks>The explicit Runge-Kutta pair of Dormand and Prince (1980), orders 5 and 4, with local
/// extrapolation; the last stage is the first of the next substep. Where the sharpness makes the flow stiff,
/// the error estimate keeps the substep inside the region of stability (about 3.3 / S).</remarks>
/// <param name="Objective">L.</param>
/// <param name="Duration">Time of one step: the learning rate of the descent it is compared with.</param>
/// <param name="Tolerance">Error of a substep, relative to ||theta|| or 1, whichever is more.</param>
public sealed record GradientFlow(IObjective Objective, double Duration, double Tolerance = 1e-8) : IResumable<FlowPoint>
{
    // Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, table 5.2.
    private static readonly double[][] Stages =
    [
        [1.0 / 5],
        [3.0 / 40, 9.0 / 40],
        [44.0 / 45, -56.0 / 15, 32.0 / 9],
        [19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729],
        [9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656],
        [35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84],
    ];

    /// <summary>Order 5 less order 4.</summary>
    private static readonly double[] Difference =
        [71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40];

    // Of a step: where the flow asks for less, it runs to infinity in finite time.
    private const double LeastSubstep = 1e-9;

    public FlowPoint Start(Tensor theta) => new(new Point(Objective, theta.clone()), Duration);

    /// <exception cref="ArithmeticException">The error is not finite, or no substep is small
    /// enough.</exception>
    public FlowPoint Step(FlowPoint state)
    {
        using var scope = NewDisposeScope();
        var (at, substep, left) = (state.Point, state.Substep, Duration);
        while (left > 0)
        {
            var h = Math.Min(substep, left);
            var (candidate, error) = Substep(at, h);
            // The usual controller: order 5 estimate, safety 0.9, at most 5 times up and down (Hairer et al., II.4). An
            // error that is no number came from a step far too long.
            var factor = double.IsNaN(error)
                ? 0.2
                : Math.Clamp(0.9 * Math.Pow(Math.Max(error, 1e-16), -1.0 / 5), 0.2, 5);
            var used = error <= 1 ? at : candidate;
            if (!ReferenceEquals(used, state.Point)) used.Dispose();
            if (error <= 1)
            {
                left = h == left ? 0 : left - h;
                at = candidate;
                // A last substep cut short by the end of the step says nothing against the one before it.
                substep = Math.Max(h < substep ? substep : 0, h * factor);
                continue;
            }
            substep = h * Math.Min(factor, 1);
            if (substep >= Duration * LeastSubstep) continue;
            if (!ReferenceEquals(at, state.Point)) at.Dispose();
            throw new ArithmeticException($"gradient flow: error {error} in a substep of {h}");
        }
        return new(at, substep);
    }

    public void Save(FlowPoint state, Snapshot to)
    {
        state.Point.Save(to);
        to.Set("substep", state.Substep);
    }

    public FlowPoint Restored(Snapshot from) => new(Point.Restored(Objective, from), from.Number("substep"));

    /// <summary>The point after time h, and the error in units of the tolerance.</summary>
    internal (Point Next, double Error) Substep(Point at, double h)
    {
        using var scope = NewDisposeScope();
        var slopes = new List<Tensor> { at.Gradient };
        for (var stage = 0; stage < Stages.Length - 1; stage++)
            slopes.Add(Objective.LossAndGradient(Moved(at.Theta, h, Stages[stage], slopes)).Gradient);
        var next = new Point(Objective, Moved(at.Theta, h, Stages[^1], slopes));
        slopes.Add(next.Gradient);
        var error = Moved(zeros_like(at.Theta), h, Difference, slopes).norm().ToDouble();
        return (next, error / (Tolerance * Math.Max(1, at.Theta.norm().ToDouble())));
    }

    private static Tensor Moved(Tensor theta, double h, double[] weights, List<Tensor> slopes)
    {
        var moved = theta.clone();
        for (var i = 0; i < weights.Length; i++)
            if (weights[i] != 0) moved.add_(slopes[i], alpha: -h * weights[i]);
        return moved;
    }
}

/// <summary>A point of the flow, and the substep that its error allows.</summary>
public sealed class FlowPoint(Point point, double substep) : IDisposable
{
    public Point Point => point;

    /// <summary>Time.</summary>
    public double Substep => substep;

    public void Dispose() => point.Dispose();
}
