using Brink.Dynamics;
using Brink.Objectives;
using Brink.Runs;
using Brink.Spectra;

namespace Brink.Lab;

/// <summary>The experiment of the paper: gradient descent in float32 up to 2/eta, then gradient descent,
/// gradient flow, the constrained trajectory and the predicted dynamics side by side in float64, every step
/// recorded.</summary>
public sealed class EdgeOfStability(Experiment experiment, RunWriter run, TimeProvider time)
{
    // A loss this many times the first one does not come back; long before it overflows, every figure is
    // unreadable.
    private const double Diverged = 1e6;

    private readonly RunJournal _journal = new(run, time);

    /// <summary>What the dynamics see of the loss.</summary>
    internal Func<IObjective, IObjective> Seen { get; init; } = objective => objective;

    /// <summary>Runs it to its end, whichever that is; the run store is complete afterwards, its status
    /// included.</summary>
    /// <param name="name">What the run is called: the preset's or the file's name.</param>
    /// <param name="progress">Told of every step.</param>
    /// <param name="cancellation">Ends the run with what was done saved, status interrupted.</param>
    /// <exception cref="ExperimentException">The data cannot be had; the run's status is failed.</exception>
    public RunSummary Run(string name, Action<RunProgress>? progress, CancellationToken cancellation)
    {
        _journal.Begin(name, experiment);
        try
        {
            using var problem = new Problem(experiment);
            if (_journal.Audit(problem, experiment) is { } fault) return _journal.End(RunStatus.Failed, fault);
            using var scope = NewDisposeScope();
            using var good = new LastGoodState(run, problem.Model.Layout);
            using var parameters = new ParameterRecorder(run, problem.Model.Layout, ExperimentYaml.Write(experiment));
            var instability = Descend(problem, good, progress, cancellation);
            if (instability is not null) parameters.Write(instability.Step, instability.Theta);
            run.SetManifest("threshold", experiment.Threshold);
            return instability switch
            {
                null => _journal.End(RunStatus.Interrupted, "interrupted during the descent"),
                { Outcome: InstabilityOutcome.Diverged } => _journal.End(
                    RunStatus.Diverged,
                    good.Ended(
                        $"the loss left the finite numbers at step {instability.Step},"
                            + " before 2/eta was reached")),
                { Outcome: InstabilityOutcome.NotReached } => _journal.End(
                    RunStatus.Stable,
                    $"2/eta was not reached in {instability.Step} steps: the sharpness is"
                        + $" {instability.Sharpness / experiment.Threshold:p1} of it"),
                _ => Track(problem, good, instability, parameters, progress, cancellation),
            };
        }
        catch (Exception e) when (e is not RunStoreException)
        {
            _journal.End(RunStatus.Failed, e.Message);
            throw;
        }
    }

    private InstabilityPoint? Descend(
        Problem problem, LastGoodState good, Action<RunProgress>? progress, CancellationToken cancellation)
    {
        var search = new RunToInstability(
            good.Watched(Seen(problem.Objective(ScalarType.Float32))),
            experiment.LearningRate,
            new EigenpairTracker(1, experiment.Descent.SharpnessTolerance, Seed: experiment.Seed),
            experiment.Descent.MaxSteps);
        using var initial = problem.Initial();
        var recorder = new DescentRecorder(run);
        try
        {
            var theta = initial.to(ScalarType.Float32);
            good.Begin(0, theta);
            return search.Run(theta, Observe, cancellation);
        }
        catch (OperationCanceledException)
        {
            return null;
        }

        void Observe(DescentStep step)
        {
            recorder.Record(step);
            good.Keep(step.Step, step.Theta);
            _journal.CommitNowAndThen();
            progress?.Invoke(
                new("descent", step.Step, null, step.Loss, recorder.Sharpness / experiment.Threshold));
        }
    }

    private RunSummary Track(
        Problem problem,
        LastGoodState good,
        InstabilityPoint instability,
        ParameterRecorder parameters,
        Action<RunProgress>? progress,
        CancellationToken cancellation)
    {
        run.SetManifest("instability_step", instability.Step);
        run.AddEvent(
            instability.Step,
            "instability",
            $"the sharpness reached 2/eta: {instability.Sharpness:g6}");
        var count = new DerivativeCount();
        var objective = new CountedObjective(good.Watched(Seen(problem.Objective(ScalarType.Float64))), count);
        var tracking = experiment.Tracking;
        // One companion at a hundredth: the second eigenvalue, right to about its square.
        var frame = new EigenpairTracker(
            1,
            tracking.EigenvectorTolerance,
            CompanionTolerance: 0.01,
            Seed: experiment.Seed);
        var dynamics = new SelfStabilization(
            new GradientDescent(objective, experiment.LearningRate),
            new GradientFlow(objective, experiment.LearningRate, tracking.FlowTolerance),
            new ConstrainedTrajectory(
                objective,
                experiment.LearningRate,
                frame,
                tracking.ConstraintTolerance));
        using var recorder = new TrackingRecorder(
            run,
            objective,
            new EigenpairTracker(1, tracking.SharpnessTolerance, Seed: experiment.Seed + 1),
            experiment.LearningRate,
            tracking.SharpnessEvery,
            instability.Step);
        // Its calls are on top of what the tracked phase itself costs.
        using var theory = new TheoryRecorder(
            run,
            problem.Objective(ScalarType.Float64),
            experiment.LearningRate,
            tracking.TheoryEvery,
            instability.Step);
        double? firstLoss = null;
        (RunStatus Status, string Message) end;
        using var theta = instability.Theta.to(ScalarType.Float64);
        good.Begin(instability.Step, theta);
        try
        {
            var (_, reason) = Loop.Run(
                dynamics,
                theta,
                tracking.Steps,
                [recorder.Record, theory.Record, Watch],
                cancellation);
            end = reason is null
                ? (RunStatus.Completed, $"{tracking.Steps} tracked steps")
                : (RunStatus.Diverged, reason);
        }
        catch (OperationCanceledException)
        {
            end = (RunStatus.Interrupted, "interrupted during the tracked phase");
        }
        catch (ArithmeticException e)
        {
            end = (RunStatus.Diverged, e.Message);
        }
        parameters.Write();
        var steps = Math.Max(1, recorder.Tracked);
        run.SetManifest("products_per_step", (double)count.Products / steps);
        run.SetManifest("gradients_per_step", (double)count.Gradients / steps);
        run.SetManifest("third_derivatives_per_step", (double)count.ThirdDerivatives / steps);
        foreach (var (key, value) in recorder.Results()) run.SetManifest(key, value);
        return _journal.End(end.Status, end.Status == RunStatus.Diverged ? good.Ended(end.Message) : end.Message);

        string? Watch(long step, SelfStabilizationState state)
        {
            _journal.CommitNowAndThen();
            parameters.See(instability.Step + step, state);
            good.Keep(instability.Step + step, state.Descent.Theta);
            var loss = state.Descent.Loss;
            firstLoss ??= loss;
            progress?.Invoke(
                new("edge", step, tracking.Steps, loss, recorder.Sharpness / experiment.Threshold));
            return !double.IsFinite(loss) || loss > Diverged * firstLoss
                ? $"gradient descent diverged {step} steps after instability: loss {loss:g4}"
                : null;
        }
    }
}

public enum RunStatus
{
    Running,
    Completed,

    /// <summary>2/eta was not reached.</summary>
    Stable,
    Diverged,
    Interrupted,
    Failed,
}

public static class RunStatusExtensions
{
    /// <summary>As the manifest and the command line say it.</summary>
    public static string Name(this RunStatus status) => status.ToString().ToLowerInvariant();
}

/// <param name="Phase">descent or edge; or the process of a speed study.</param>
/// <param name="Step">In this phase.</param>
/// <param name="Steps">Of this phase, where it is known.</param>
/// <param name="Loss">Of what moves.</param>
/// <param name="Edge">Sharpness over 2/eta, the last one measured.</param>
public sealed record RunProgress(string Phase, long Step, long? Steps, double Loss, double Edge);

public sealed record RunSummary(string Folder, RunStatus Status, string Message, double Seconds);
