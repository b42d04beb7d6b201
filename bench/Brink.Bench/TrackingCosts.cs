using System.Diagnostics;
using Brink.Objectives;
using Brink.Spectra;

namespace Brink.Bench;

/// <summary>The sharpness at every step of gradient descent, through progressive sharpening into the oscillation at the edge of
/// stability: cold Lanczos, and the tracker on either engine.</summary>
internal static class TrackingCosts
{
    private const int Steps = 60, Images = 1000, Every = 10;

    public static IEnumerable<TrackingCostsRow> Rows() =>
        EdgeProblem.All(ScalarType.Float32, classes: 10, Images, margin: 1.1).SelectMany(Rows);

    private static IReadOnlyList<TrackingCostsRow> Rows(EdgeProblem problem)
    {
        using var scope = NewDisposeScope();
        using (problem)
        {
            using var generator = new Generator(0, CPU);
            var times = Alternating.Medians(
                1, 3, TimeSpan.FromSeconds(5),
                () => problem.Autograd.LossAndGradient(problem.Start).Gradient.Dispose(),
                () => problem.Taylor.LossAndGradient(problem.Start).Gradient.Dispose(),
                () => ColdLanczos.Sharpness(problem.Autograd, problem.Start, generator));
            var (autograd, taylor) = (Tracked(problem.Autograd, problem), Tracked(problem.Taylor, problem));
            return [Row("autograd", autograd, times[0]), Row("taylor", taylor, times[1])];

            TrackingCostsRow Row(string engine, Track track, double gradient) => new(
                problem.Name,
                engine,
                times[2] / 1000,
                Math.Max(0, track.Seconds - (gradient / 1000)),
                times[2] / Math.Max(1e-9, (track.Seconds * 1000) - gradient),
                ((track.Seconds * 1000) - gradient) / times[0],
                track.Products,
                track.WorstResidual,
                track.WorstError,
                track.Edge);
        }
    }

    private static Track Tracked(IObjective objective, EdgeProblem problem)
    {
        using var scope = NewDisposeScope();
        var tracker = new EigenpairTracker(1, 1e-3, Rests: 8);
        var theta = problem.Start.clone();
        Eigenpairs? pairs = null;
        var watch = new Stopwatch();
        var (products, residual, error, edge) = (0, 0.0, 0.0, 0.0);
        for (var step = -1; step < Steps; step++)
        {
            using var inner = NewDisposeScope();
            if (step == 0) watch.Start();   // the start from nothing is before it
            using var expansion = objective.ExpandAt(theta);
            var next = tracker.Track(expansion.Hessian(theta), pairs);
            pairs?.Dispose();
            pairs = next;
            if (step >= 0) products += pairs.Products;
            watch.Stop();
            residual = Math.Max(residual, pairs.Residuals[0] / pairs.Values[0]);
            edge = Math.Max(edge, pairs.Values[0] * problem.LearningRate / 2);
            if (step % Every == Every - 1) error = Math.Max(error, Error(expansion, pairs.Values[0]));
            if (step >= 0) watch.Start();
            theta = (theta - (problem.LearningRate * expansion.Gradient)).MoveToOuterDisposeScope();
        }
        pairs!.Dispose();
        return new(watch.Elapsed.TotalSeconds / Steps, (double)products / Steps, residual, error, edge);
    }

    private static double Error(IExpansion expansion, double sharpness)
    {
        using var exact = new Lanczos(1, 0, 1e-6).Solve(expansion.Hessian());
        return Math.Abs(sharpness - exact.Top.Values[0]) / exact.Top.Values[0];
    }

    /// <summary>Of all steps but the first: mean seconds with the step itself, mean products, the largest relative residual and error,
    /// and how far beyond the edge it went.</summary>
    private sealed record Track(double Seconds, double Products, double WorstResidual, double WorstError, double Edge);
}

/// <summary>Seconds are of a step, beyond the gradient.</summary>
/// <param name="Model">Of the paper.</param>
/// <param name="Engine">That the tracker runs on; the reference runs on autograd.</param>
/// <param name="ReferenceSeconds">Cold Lanczos.</param>
/// <param name="Seconds">The tracker.</param>
/// <param name="Ratio">Of the two.</param>
/// <param name="GradientEquivalents">The tracker, in plain autograd gradients.</param>
/// <param name="ProductsPerStep">Of the tracker; the reference has 21.</param>
/// <param name="WorstResidual">Relative to the sharpness.</param>
/// <param name="WorstError">Of the sharpness, relative, against Lanczos to a residual of 1e-6 at every tenth step.</param>
/// <param name="Edge">The largest sharpness, over 2/eta.</param>
internal sealed record TrackingCostsRow(
    string Model,
    string Engine,
    double ReferenceSeconds,
    double Seconds,
    double Ratio,
    double GradientEquivalents,
    double ProductsPerStep,
    double WorstResidual,
    double WorstError,
    double Edge);
