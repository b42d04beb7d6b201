using System.Diagnostics;
using Brink.Objectives;
using Brink.Runs;
using Brink.Spectra;

namespace Brink.Lab;

/// <summary>The duration of an experiment at the edge of stability on this machine, from a few measured steps of each
/// phase.</summary>
/// <remarks>The descent is measured from the initial parameters with the experiment's own learning rate. The tracked phase is
/// measured there too, with the learning rate for which the initial sharpness is at the edge, so that the constraint is active
/// and the flow as stiff as in the experiment. The number of steps to the edge is not known before a run.</remarks>
/// <param name="StepsToEdge">Assumed number of steps of the descent.</param>
/// <param name="DescentStep">Seconds of a step of the descent.</param>
/// <param name="Check">Seconds of a check of the sharpness during the descent.</param>
/// <param name="TrackedStep">Seconds of a tracked step.</param>
/// <param name="TheoryStep">Additional seconds of a step at which the kernels of the theory are measured.</param>
/// <param name="TrackedSteps">Number of tracked steps.</param>
/// <param name="TheorySteps">Number of those at which the kernels are measured.</param>
/// <param name="MemoryMb">Largest resident memory of this process, in megabytes.</param>
public sealed record MeasuredCost(
    int StepsToEdge,
    double DescentStep,
    double Check,
    double TrackedStep,
    double TheoryStep,
    int TrackedSteps,
    int TheorySteps,
    long MemoryMb)
{
    /// <summary>Assumed number of checks on the way to the edge: the rate of the sharpness requires about as many
    /// (<see cref="Dynamics.RunToInstability"/>).</summary>
    public const int Checks = 60;

    // Tracked steps, and those before the measured ones: until then the paths of the eigenvectors are short, and a step costs up
    // to three times as much. The kernels of the theory are measured at one step among the measured ones.
    private const int Tracked = 12, Settling = 5, TheoryAt = 8;

    // Share of the initial sharpness that is 2/eta: the sharpness at the midpoint of the first step may be a little lower.
    private const double Below = 0.98;

    private const int Gradients = 3;

    /// <summary>Seconds of the whole run.</summary>
    public double Seconds =>
        (StepsToEdge * DescentStep) + (Checks * Check) + (TrackedSteps * TrackedStep) + (TheorySteps * TheoryStep);

    /// <summary>Measures an experiment.</summary>
    /// <param name="experiment">Experiment.</param>
    /// <param name="stepsToEdge">Assumed number of steps of the descent.</param>
    /// <param name="cancellation">Checked at every step.</param>
    /// <exception cref="ExperimentException">The data or the model cannot be made, or the first steps fail.</exception>
    public static MeasuredCost Of(Experiment experiment, int stepsToEdge, CancellationToken cancellation)
    {
        var (descent, check, sharpness) = Descent(experiment);
        var tracking = experiment.Tracking;
        var folder = Directory.CreateTempSubdirectory("brink-measure-").FullName;
        try
        {
            var atTheEdge = experiment with
            {
                LearningRate = 2 / (Below * sharpness),
                Descent = experiment.Descent with { MaxSteps = 50 },
                Tracking = tracking with { Steps = Tracked, TheoryEvery = TheoryAt },
            };
            var clock = Stopwatch.StartNew();
            var times = new List<double>();
            using (var run = RunWriter.Create(Path.Combine(folder, "run")))
            {
                var summary = new EdgeOfStability(atTheEdge, run, TimeProvider.System).Run("measure", progress =>
                {
                    if (progress.Total is not null) times.Add(clock.Elapsed.TotalSeconds);
                }, cancellation);
                if (times.Count <= Tracked) throw new ExperimentException($"the first steps at the edge failed: {summary.Message}");
            }
            var steps = times.Zip(times.Skip(1), (before, after) => after - before).ToArray();
            var theoryStep = steps[TheoryAt - 1];
            steps = [.. steps.Where((_, i) => i >= Settling && i != TheoryAt - 1).Order()];
            var step = steps[steps.Length / 2];
            var theories = tracking.TheoryEvery > 0 ? (tracking.Steps / tracking.TheoryEvery) + 1 : 0;
            return new(
                stepsToEdge, descent, check, step, Math.Max(0, theoryStep - step), tracking.Steps, theories,
                Process.GetCurrentProcess().PeakWorkingSet64 >> 20);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Measures a step of the descent and a check, and the initial sharpness.</summary>
    private static (double Step, double Check, double Sharpness) Descent(Experiment experiment)
    {
        using var scope = NewDisposeScope();
        using var problem = new Problem(experiment);
        var precision = experiment.Descent.Precision == DescentPrecision.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        var objective = problem.Objective(precision);
        var theta = problem.Initial().to(precision);
        using var tracker = new EigenpairTracker(new(1, experiment.Descent.SharpnessTolerance, Seed: experiment.Seed));
        Check();   // from a random start, and the first use of the code
        double[] gradients =
            [.. Enumerable.Range(0, Gradients).Select(_ => Timed(() => objective.LossAndGradient(theta).Gradient.Dispose()))];
        // A step away the pairs are as far from the last ones as between two checks.
        theta -= experiment.LearningRate * objective.LossAndGradient(theta).Gradient;
        return (gradients.Order().ElementAt(Gradients / 2), Timed(Check), tracker.Last!.Values[0]);

        void Check()
        {
            using var expansion = objective.ExpandAt(theta);
            tracker.Track(expansion.Hessian(theta));
        }
    }

    private static double Timed(Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        return clock.Elapsed.TotalSeconds;
    }
}
