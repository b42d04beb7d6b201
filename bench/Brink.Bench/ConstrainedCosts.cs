using Brink.Dynamics;
using Brink.Dynamics.Stabilization;
using Brink.Objectives;

namespace Brink.Bench;

/// <summary>Cost of the tracked phase at the edge of stability: descent, flow, constrained trajectory and prediction with their
/// sharpnesses. The loop of published code on autograd and ours on either engine take steps in turn; the constrained trajectory
/// is also timed alone.</summary>
internal static class ConstrainedCosts
{
    private const int Settled = 4, MostSteps = 60, AloneSteps = 30, Images = 500;

    // Relative residual of the vectors of the constrained trajectory.
    private const double Residual = 1e-7;

    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(120);

    public static IEnumerable<ConstrainedCostsRow> Rows() =>
        EdgeProblem.All(ScalarType.Float64, classes: 2, Images, margin: 1.1).SelectMany(Rows);

    private static IReadOnlyList<ConstrainedCostsRow> Rows(EdgeProblem problem)
    {
        using var scope = NewDisposeScope();
        using (problem)
        {
            var eta = problem.LearningRate;
            using var search =
                new RunToInstability(problem.Taylor, eta, new(1, 1e-4, RefreshAfter: 8), MaxSteps: 5000).Run(problem.Start).Theta;
            var everything = Everything(problem, search);
            var alone = Alone(problem, search);
            return [Row("autograd", 0), Row("taylor", 1)];

            ConstrainedCostsRow Row(string engine, int way)
            {
                var (loop, exact, ours) = (everything.Loop, everything.Exact, everything.Ours[way]);
                var constrained = alone.Seconds[way];
                return new(
                    problem.Name, engine, everything.Steps, loop.Seconds, loop.Products, everything.Error,
                    exact.Seconds, exact.Products,
                    ours.Seconds, loop.Seconds / ours.Seconds, exact.Seconds / ours.Seconds, ours.Seconds / alone.Gradient, ours.Products,
                    constrained, constrained / alone.Gradient, alone.Errors[way]);
            }
        }
    }

    private static (int Steps, Cost Loop, Cost Exact, Cost[] Ours, double Error) Everything(EdgeProblem problem, Tensor theta)
    {
        using var scope = NewDisposeScope();
        var counts = new[] { new DerivativeCount(), new(), new(), new() };
        using var generator = new Generator(0, CPU);
        var seed = randn(theta.shape[0], dtype: theta.dtype, generator: generator);
        using var loop = new PaperLoop(new CountedObjective(problem.Autograd, counts[0]), problem.LearningRate, 1e-4);
        using var exact = new PaperLoop(new CountedObjective(problem.Autograd, counts[1]), problem.LearningRate, Residual);
        loop.Start(theta, seed);
        exact.Start(theta, seed);
        using var onAutograd = new TrackedPhase(Trajectory(new CountedObjective(problem.Autograd, counts[2]), problem.LearningRate), theta);
        using var onTaylor = new TrackedPhase(Trajectory(new CountedObjective(problem.Taylor, counts[3]), problem.LearningRate), theta);
        var error = 0.0;
        Action[] steps = [Loop, exact.Step, onAutograd.Step, onTaylor.Step];
        _ = Alternating.Means(Settled, steps);   // warms the vectors of all processes
        error = 0;
        var before = counts.Select(count => count.Products).ToArray();
        var (seconds, rounds) = Alternating.Means(MostSteps, Enough, steps);
        Cost[] costs = [.. seconds.Select((time, i) => new Cost(time, (double)(counts[i].Products - before[i]) / rounds))];
        return (rounds, costs[0], costs[1], costs[2..], error);

        void Loop()
        {
            loop.Step();
            error = Math.Max(error, loop.Violation);
        }
    }

    /// <summary>Times the constrained trajectory alone on either engine, and a gradient by autograd.</summary>
    private static (double[] Seconds, double[] Errors, double Gradient) Alone(EdgeProblem problem, Tensor theta)
    {
        using var scope = NewDisposeScope();
        ConstrainedTrajectory[] engines =
            [Trajectory(problem.Autograd, problem.LearningRate), Trajectory(problem.Taylor, problem.LearningRate)];
        ConstrainedPoint[] at = [.. engines.Select(engine => engine.Start(theta))];
        var errors = new double[at.Length];
        Action[] steps = [() => Step(0), () => Step(1), () => problem.Autograd.LossAndGradient(theta).Gradient.Dispose()];
        _ = Alternating.Means(Settled, steps);
        var seconds = Alternating.Means(AloneSteps, steps);
        foreach (var point in at) point.Dispose();
        return (seconds[..2], errors, seconds[2]);

        void Step(int way)
        {
            using var last = at[way];
            at[way] = engines[way].Step(last);
            errors[way] = Math.Max(errors[way], at[way].Projection.Violation / at[way].Threshold);
        }
    }

    private static ConstrainedTrajectory Trajectory(IObjective objective, double eta) =>
        new(objective, eta, new(1, Residual, GuardTolerance: 0.01));

    /// <summary>Mean cost of a step.</summary>
    private sealed record Cost(double Seconds, double Products);
}

/// <summary>Costs per step.</summary>
/// <param name="Model">Model of the paper, for two classes.</param>
/// <param name="Engine">Engine of our phase; the reference runs on autograd.</param>
/// <param name="Steps">Number of measured steps of the whole phase, after four to warm up; the constrained trajectory alone
/// takes thirty.</param>
/// <param name="ReferenceSeconds">Seconds of the loop of published code, with residuals of 1e-4.</param>
/// <param name="ReferenceProducts">Products of that loop.</param>
/// <param name="ReferenceError">Largest |S - 2/eta| over 2/eta of that loop.</param>
/// <param name="ExactReferenceSeconds">Seconds of that loop with residuals of 1e-7, as on our constrained trajectory.</param>
/// <param name="ExactReferenceProducts">Products of that loop with residuals of 1e-7.</param>
/// <param name="Seconds">Seconds of our phase, for everything that the loop records.</param>
/// <param name="Ratio">ReferenceSeconds over Seconds.</param>
/// <param name="ExactRatio">ExactReferenceSeconds over Seconds.</param>
/// <param name="GradientEquivalents">Seconds in units of a plain autograd gradient.</param>
/// <param name="ProductsPerStep">Products of our phase.</param>
/// <param name="ConstrainedSeconds">Seconds of the constrained trajectory alone, with its expansion and third
/// derivatives.</param>
/// <param name="ConstrainedEquivalents">ConstrainedSeconds in units of a plain autograd gradient.</param>
/// <param name="WorstError">Largest |S - 2/eta| over 2/eta of the constrained trajectory alone.</param>
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
