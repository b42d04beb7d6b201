using System.Diagnostics;
using Brink.Dynamics;
using Brink.Objectives;
using Brink.Spectra;

namespace Brink.Bench;

/// <summary>The tracked phase at the edge of stability: descent, flow, constrained trajectory and prediction with their
/// sharpnesses, by the loop of published code on autograd and by ours on either engine; and a step of the constrained trajectory
/// alone.</summary>
internal static class ConstrainedCosts
{
    private const int Settled = 4, MostSteps = 60, AloneSteps = 30, Images = 500;

    // Of the vectors of the constrained trajectory.
    private const double Residual = 1e-7;

    // Of the reference, which takes its steps on autograd: ours take as many.
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(20);

    public static IEnumerable<ConstrainedCostsRow> Rows() =>
        EdgeProblem.All(ScalarType.Float64, classes: 2, Images, margin: 1.1).SelectMany(Rows);

    private static IReadOnlyList<ConstrainedCostsRow> Rows(EdgeProblem problem)
    {
        using var scope = NewDisposeScope();
        using (problem)
        {
            var eta = problem.LearningRate;
            using var search = new RunToInstability(problem.Taylor, eta, new(1, 1e-4, Rests: 8), MaxSteps: 5000).Run(problem.Start).Theta;
            var gradient = Alternating.Medians(
                3, 11, TimeSpan.FromSeconds(5),
                () => problem.Autograd.LossAndGradient(search).Gradient.Dispose())[0] / 1000;

            var reference = Reference(problem.Autograd, eta, search, 1e-4, MostSteps, Enough);
            var steps = reference.Steps;
            var exact = Reference(problem.Autograd, eta, search, Residual, steps, TimeSpan.MaxValue);
            return [Row("autograd", problem.Autograd), Row("taylor", problem.Taylor)];

            ConstrainedCostsRow Row(string engine, IObjective objective)
            {
                var (all, products) = Ours(new CountedObjective(objective, new()), eta, search, steps);
                var (step, error) = Alone(objective, eta, search);
                return new(
                    problem.Name, engine, steps, reference.Seconds, reference.Products, reference.Error,
                    exact.Seconds, exact.Products,
                    all, reference.Seconds / all, exact.Seconds / all, all / gradient, products, step, step / gradient, error);
            }
        }
    }

    private static (int Steps, double Seconds, double Products, double Error) Reference(
        IObjective objective, double eta, Tensor theta, double residual, int most, TimeSpan enough)
    {
        using var scope = NewDisposeScope();
        var count = new DerivativeCount();
        using var loop = new PaperLoop(new CountedObjective(objective, count), eta, residual);
        using var generator = new Generator(0, CPU);
        loop.Start(theta, randn(theta.shape[0], dtype: theta.dtype, generator: generator));
        for (var step = 0; step < Settled; step++) loop.Step();   // the vectors of all processes are warm then
        var (before, error, steps) = (count.Products, 0.0, 0);
        var watch = Stopwatch.StartNew();
        while (steps < most && watch.Elapsed < enough)
        {
            loop.Step();
            steps++;
            error = Math.Max(error, loop.Violation);
        }
        return (steps, watch.Elapsed.TotalSeconds / steps, (double)(count.Products - before) / steps, error);
    }

    /// <summary>What the loop records: four sharpnesses, the theory's numbers, the prediction.</summary>
    private static (double Seconds, double Products) Ours(CountedObjective objective, double eta, Tensor theta, int steps)
    {
        using var scope = NewDisposeScope();
        var (descent, flow) = (new GradientDescent(objective, eta), new GradientFlow(objective, eta, 1e-7));
        var constrained = Trajectory(objective, eta);
        var tracker = new EigenpairTracker(1, 1e-3, Rests: 8);
        var warm = new Dictionary<string, Eigenpairs>();
        var (gd, gf, dagger) = (descent.Start(theta), flow.Start(theta), constrained.Start(theta));
        var v = (theta - dagger.Theta).MoveToOuterDisposeScope();
        var (watch, before) = (new Stopwatch(), 0L);
        for (var step = -Settled; step < steps; step++)
        {
            using var inner = NewDisposeScope();
            if (step == 0)
            {
                before = objective.Count.Products;
                watch.Start();
            }
            Sharpness("gd", gd);
            Sharpness("flow", gf.Point);
            using (var predicted = new Point(objective, dagger.Theta + v)) Sharpness("predicted", predicted);
            var (nextGd, nextFlow, nextDagger) = (descent.Step(gd), flow.Step(gf), constrained.Step(dagger));
            v = PredictedDynamics.Step(dagger, nextDagger, v, eta).MoveToOuterDisposeScope();
            gd.Dispose();
            gf.Dispose();
            dagger.Dispose();
            (gd, gf, dagger) = (nextGd, nextFlow, nextDagger);
        }
        watch.Stop();
        gd.Dispose();
        gf.Dispose();
        dagger.Dispose();
        foreach (var pairs in warm.Values) pairs.Dispose();
        return (watch.Elapsed.TotalSeconds / steps, (double)(objective.Count.Products - before) / steps);

        void Sharpness(string process, Point at)
        {
            var last = warm.GetValueOrDefault(process);
            warm[process] = tracker.Track(at.Expansion.Hessian(at.Theta), last);
            last?.Dispose();
        }
    }

    private static (double Seconds, double Error) Alone(IObjective objective, double eta, Tensor theta)
    {
        using var scope = NewDisposeScope();
        var constrained = Trajectory(objective, eta);
        var dagger = constrained.Start(theta);
        var (watch, error) = (new Stopwatch(), 0.0);
        for (var step = -Settled; step < AloneSteps; step++)
        {
            if (step == 0) watch.Start();
            var next = constrained.Step(dagger);
            dagger.Dispose();
            dagger = next;
            error = Math.Max(error, dagger.Projection.Violation / dagger.Threshold);
        }
        watch.Stop();
        dagger.Dispose();
        return (watch.Elapsed.TotalSeconds / AloneSteps, error);
    }

    private static ConstrainedTrajectory Trajectory(IObjective objective, double eta) =>
        new(objective, eta, new(1, Residual, CompanionTolerance: 0.01));
}

/// <summary>Seconds are of a step.</summary>
/// <param name="Model">Of the paper, two classes.</param>
/// <param name="Engine">That ours runs on; the reference runs on autograd.</param>
/// <param name="Steps">Of everything that are measured, after four more; of the constrained trajectory alone it is thirty.</param>
/// <param name="ReferenceSeconds">The loop of published code, residuals of 1e-4.</param>
/// <param name="ReferenceProducts">Of it.</param>
/// <param name="ReferenceError">Its largest |S - 2/eta| over 2/eta.</param>
/// <param name="ExactReferenceSeconds">The same with residuals of 1e-7, which ours has along the constrained trajectory.</param>
/// <param name="ExactReferenceProducts">Of it.</param>
/// <param name="Seconds">Ours, for everything that the loop records.</param>
/// <param name="Ratio">Of the first and ours.</param>
/// <param name="ExactRatio">Of the second and ours.</param>
/// <param name="GradientEquivalents">Ours, in plain autograd gradients.</param>
/// <param name="ProductsPerStep">Ours.</param>
/// <param name="ConstrainedSeconds">A step of the constrained trajectory alone, with its expansion and third
/// derivatives.</param>
/// <param name="ConstrainedEquivalents">The same in plain autograd gradients.</param>
/// <param name="WorstError">The largest |S - 2/eta| over 2/eta.</param>
internal sealed record ConstrainedCostsRow(
    string Model,
    string Engine,
    int Steps,
    double ReferenceSeconds,
    double ReferenceProducts,
    double ReferenceError,
    double ExactReferenceSeconds,
    double ExactReferenceProducts,
    double Seconds,
    double Ratio,
    double ExactRatio,
    double GradientEquivalents,
    double ProductsPerStep,
    double ConstrainedSeconds,
    double ConstrainedEquivalents,
    double WorstError);
