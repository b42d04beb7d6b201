using Brink.Dynamics;
using Brink.Dynamics.Stabilization;
using Brink.Objectives;
using Brink.Spectra;

namespace Brink.Bench;

/// <summary>A step of the tracked phase in float64 with the gradient at every expansion, in float64 with gradients only where they
/// are read, and with float32 products besides. All take steps in turn, from the same point at the edge.</summary>
internal static class PrecisionCosts
{
    private const int Settled = 8, MostSteps = 40, Images = 1000;

    // Residual of the vectors and tolerance of both constraints, as in the presets at the size of the paper.
    private const double Tolerance = 1e-6;

    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(60);

    public static IEnumerable<PrecisionCostsRow> Rows() =>
        EdgeProblem.All(ScalarType.Float64, classes: 2, Images, margin: 1.1).Select(Row);

    private static PrecisionCostsRow Row(EdgeProblem problem)
    {
        using var scope = NewDisposeScope();
        using (problem)
        {
            var descent = new RunToInstability(problem.Taylor, problem.LearningRate, new(1, 1e-4, RefreshAfter: 8), MaxSteps: 5000);
            using var search = descent.Run(problem.Start).Theta;
            var mixed = new MixedPrecision(problem.Taylor, problem.Single);
            TrackedPhase[] phases =
            [
                new(Trajectory(new WholeExpansions(problem.Taylor)), search),
                new(Trajectory(problem.Taylor), search),
                new(Trajectory(mixed), search, mixed.Rounded),
            ];
            Action[] steps = [.. phases.Select<TrackedPhase, Action>(phase => phase.Step)];
            _ = Alternating.Means(Settled, steps);
            var (seconds, rounds) = Alternating.Means(MostSteps, Enough, steps);
            var errors = phases.Select(phase => Error(problem.Taylor, phase.Constrained)).ToArray();
            var rounding = mixed.RoundingAt(phases[2].Constrained.Theta, phases[2].Constrained.Direction);
            foreach (var phase in phases) phase.Dispose();
            return new(
                problem.Name, rounds, seconds[0], seconds[1], seconds[2], seconds[0] / seconds[1], seconds[0] / seconds[2],
                errors[1], errors[2], rounding);

            ConstrainedTrajectory Trajectory(IObjective objective) => new(
                objective, problem.LearningRate, new(1, Tolerance, GuardTolerance: 0.01), Tolerance, NormalsEvery: 1);
        }
    }

    /// <summary>|S - 2/eta| over 2/eta, S computed in float64.</summary>
    private static double Error(IObjective exact, ConstrainedPoint at)
    {
        using var expansion = exact.CurvatureAt(at.Theta);
        using var tracker = new EigenpairTracker(new(1, 1e-8));
        return Math.Abs(tracker.Track(expansion.Hessian(at.Theta)).Values[0] - at.Threshold) / at.Threshold;
    }

    /// <summary>A loss whose every expansion makes the gradient.</summary>
    private sealed record WholeExpansions(IObjective Loss) : IObjective
    {
        public long Dimension => Loss.Dimension;

        public ScalarType Precision => Loss.Precision;

        public IExpansion ExpandAt(Tensor theta) => Loss.ExpandAt(theta);

        double IObjective.Loss(Tensor theta) => Loss.Loss(theta);

        public (double Loss, Tensor Gradient) LossAndGradient(Tensor theta) => Loss.LossAndGradient(theta);
    }
}

/// <summary>Costs of a step.</summary>
/// <param name="Model">Model of the paper, for two classes.</param>
/// <param name="Steps">Number of measured steps.</param>
/// <param name="WholeSeconds">Seconds in float64 with the gradient at every expansion.</param>
/// <param name="DoubleSeconds">Seconds in float64 with gradients where they are read.</param>
/// <param name="MixedSeconds">Seconds with float32 products and float32 slopes of the flow.</param>
/// <param name="DoubleRatio">WholeSeconds over DoubleSeconds.</param>
/// <param name="MixedRatio">WholeSeconds over MixedSeconds.</param>
/// <param name="DoubleError">|S - 2/eta| over 2/eta at the last step, S computed in float64.</param>
/// <param name="MixedError">The same of the steps with float32 products.</param>
/// <param name="Rounding">Rounding of a float32 product with the top eigenvector there.</param>
internal sealed record PrecisionCostsRow(
    string Model,
    int Steps,
    double WholeSeconds,
    double DoubleSeconds,
    double MixedSeconds,
    double DoubleRatio,
    double MixedRatio,
    double DoubleError,
    double MixedError,
    double Rounding);
