using Brink.Algebra;
using Brink.Distributed;
using Brink.Dynamics;
using Brink.Dynamics.Stabilization;
using Brink.Objectives;
using Brink.Runs;
using Brink.Spectra;
using Brink.Steering;

namespace Brink.Lab;

/// <summary>Runs the experiment of the paper: gradient descent up to 2/eta, then gradient descent, gradient flow, the
/// constrained trajectory and the predicted dynamics together in float64. Records every step.</summary>
public sealed class EdgeOfStability : IStudyRun
{
    /// <summary>The kind of this study.</summary>
    public static readonly StudyKind Kind = new StudyKind<Experiment>(
        Experiment.Default, (experiment, run, time, pace) => new EdgeOfStability(experiment, run, time, pace))
    {
        StepOf = checkpoint => checkpoint.Phase == EdgePhase
            ? checkpoint.State.Whole("instability_step") + checkpoint.State.Whole("step")
            : checkpoint.State.Part("check").Whole("step"),
    };

    // A loss this many times the first one does not recover; figures are unreadable long before it overflows.
    private const double Diverged = 1e6;

    private const string DescentPhase = "descent", EdgePhase = "edge";

    private readonly Experiment _experiment;
    private readonly RunWriter _run;
    private readonly RunJournal _journal;
    private readonly TimeProvider _time;
    private readonly Checkpoints _checkpoints;

    /// <param name="experiment">Experiment to run.</param>
    /// <param name="run">Writer of the run.</param>
    /// <param name="time">Source of monotonic time.</param>
    /// <param name="pace">Pace of the checkpoints.</param>
    public EdgeOfStability(Experiment experiment, RunWriter run, TimeProvider time, CheckpointPace? pace = null)
    {
        (_experiment, _run, _journal, _time) = (experiment, run, new(run, time), time);
        _checkpoints = new(run, _journal, pace ?? CheckpointPace.Usual, time);
    }

    /// <summary>Time that a step in progress has to finish once the run is cancelled.</summary>
    internal TimeSpan GracePeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Returns the trajectories to follow besides those of the paper, given gradient descent on the wrapped
    /// loss.</summary>
    public Func<GradientDescent, IReadOnlyList<ITrajectory>> AdditionalTrajectories { get; init; } = _ => [];

    /// <summary>Wraps the loss for the dynamics.</summary>
    internal Func<IObjective, IObjective> WrapLoss { get; init; } = objective => objective;

    /// <inheritdoc/>
    public RunSummary Run(string name, Action<StudyProgress>? progress, CancellationToken cancellation)
    {
        _journal.Begin(name, _experiment);
        return WithProblem((problem, outputs) => _journal.Audit(problem, _experiment) is { } fault
            ? _journal.End(RunStatus.Failed, fault)
            : DescendAndTrack(problem, outputs, null, progress, cancellation));
    }

    /// <inheritdoc/>
    public RunSummary Resume(Checkpoint from, Action<StudyProgress>? progress, CancellationToken cancellation)
    {
        _journal.Resume(from.Seconds);
        _run.Set(RunSchema.Threshold, _experiment.Threshold);
        return WithProblem((problem, outputs) =>
        {
            _journal.CheckData(problem);
            return from.Phase == EdgePhase
                ? Track(problem, outputs, from.State.Whole("instability_step"), null, from.State, progress, cancellation)
                : DescendAndTrack(problem, outputs, from.State, progress, cancellation);
        });
    }

    private RunSummary WithProblem(Func<Problem, OutputFiles, RunSummary> work)
    {
        try
        {
            using var problem = Spread();
            using var scope = NewDisposeScope();
            using var good = new LastGoodState(_run, problem.Model.Layout);
            using var parameters = new ParameterRecorder(_run, problem.Model.Layout, StudyYaml.Write(_experiment));
            return work(problem, new(good, parameters));
        }
        catch (Exception e) when (e is not RunStoreException)
        {
            _journal.End(RunStatus.Failed, e.Message);
            throw;
        }
    }

    /// <summary>Returns the problem; where mpirun started several processes, the others read it too, and begin to serve this
    /// one.</summary>
    private Problem Spread()
    {
        var ranks = Communicator.World;
        var problem = new Problem(_experiment, _experiment.Reduction, ranks);
        ranks?.Broadcast(StudyYaml.Write(_experiment));
        ranks?.Broadcast(problem.DataChecksum);
        return problem;
    }

    private RunSummary DescendAndTrack(
        Problem problem, OutputFiles outputs, Snapshot? from, Action<StudyProgress>? progress, CancellationToken cancellation)
    {
        var instability = Descend(problem, outputs.Good, from, progress, cancellation);
        if (instability is not null) outputs.Parameters.Write(instability.Step, instability.Theta);
        _run.Set(RunSchema.Threshold, _experiment.Threshold);
        return instability switch
        {
            null => _journal.End(RunStatus.Interrupted, "interrupted during the descent"),
            { Outcome: InstabilityOutcome.Diverged } => _journal.End(
                RunStatus.Diverged,
                outputs.Good.WriteDiagnostics(
                    $"the loss was not finite at step {instability.Step},"
                        + " before the sharpness reached 2/eta")),
            { Outcome: InstabilityOutcome.NotReached } => _journal.End(
                RunStatus.Stable,
                $"the sharpness did not reach 2/eta in {instability.Step} steps:"
                    + $" it is {instability.Sharpness / _experiment.Threshold:p1} of 2/eta"),
            _ => Track(problem, outputs, instability, progress, cancellation),
        };
    }

    private InstabilityPoint? Descend(
        Problem problem, LastGoodState good, Snapshot? from, Action<StudyProgress>? progress, CancellationToken cancellation)
    {
        var precision = _experiment.Descent.Precision == DescentPrecision.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        var search = new RunToInstability(
            Cancelled(good.Watched(WrapLoss(problem.Objective(precision))), cancellation),
            _experiment.LearningRate,
            new EigenpairParameters(1, _experiment.Descent.SharpnessTolerance, Seed: _experiment.Seed),
            _experiment.Descent.MaxSteps);
        using var initial = problem.Initial();
        var recorder = new DescentRecorder(_run);
        using var eigenvalues = Eigenvalues(_experiment.Descent.SharpnessTolerance);
        try
        {
            if (from is null)
            {
                var theta = initial.to(precision);
                good.Begin(0, theta);
                return search.Run(theta, Observe, Passed, cancellation);
            }
            recorder.Restore(from.Part("recorder"));
            eigenvalues.Restore(from.Part("eigenvalues"));
            using var check = search.Restored(from.Part("check"));
            return search.Run(check, Observe, Passed, cancellation);
        }
        catch (OperationCanceledException)
        {
            return null;
        }

        void Observe(DescentStep step)
        {
            recorder.Record(step);
            eigenvalues.Record(step);
            good.Keep(step.Step, step.Theta);
            _journal.CommitIfDue();
            progress?.Invoke(Progress(DescentPhase, step.Step, null, step.Loss, recorder.Sharpness));
        }

        // Only at passed checks: the run never returns to a step before one, so that no earlier row changes.
        void Passed(InstabilityCheck check)
        {
            _checkpoints.StopIfReached(DescentPhase, check.Step, Save);
            _checkpoints.WriteIfDue(DescentPhase, Save);

            void Save(Snapshot to)
            {
                check.Save(to.Part("check"));
                recorder.Save(to.Part("recorder"));
                eigenvalues.Save(to.Part("eigenvalues"));
            }
        }
    }

    private SteeredTrajectory Steered(string policy, GradientDescent descent) => new(
        $"steered-{policy}",
        $"{policy} at {_experiment.Steering.Multiple:g3} η",
        new(
            _ => descent.Objective,
            new PlainRule(),
            _experiment.Policy(policy),
            _ => _experiment.Steering.Multiple * descent.LearningRate));

    private RunSummary Track(
        Problem problem, OutputFiles outputs, InstabilityPoint instability, Action<StudyProgress>? progress, CancellationToken cancellation)
    {
        _run.Set(EdgeSchema.InstabilityStep, instability.Step);
        _run.AddEvent(
            instability.Step,
            EdgeSchema.InstabilityEvent,
            $"the sharpness reached 2/eta: {instability.Sharpness:g6}");
        // Without any step, the point is the initial one in float64, bit for bit.
        using var theta = instability.Step == 0 ? problem.Initial() : instability.Theta.to(ScalarType.Float64);
        outputs.Good.Begin(instability.Step, theta);
        return Track(problem, outputs, instability.Step, theta, null, progress, cancellation);
    }

    /// <param name="theta">Parameters at instability [p]; null where a checkpoint is given.</param>
    /// <param name="from">Checkpoint of a later state; null at instability itself.</param>
    private RunSummary Track(
        Problem problem,
        OutputFiles outputs,
        long instabilityStep,
        Tensor? theta,
        Snapshot? from,
        Action<StudyProgress>? progress,
        CancellationToken cancellation)
    {
        var (exact, fast) = (Loss(ScalarType.Float64), Loss(ScalarType.Float32));
        TrackedLoss loss;
        try
        {
            loss = from is null
                ? TrackedLoss.At(_run, _experiment, exact, fast, theta!, instabilityStep)
                : TrackedLoss.Restored(_run, _experiment, exact, fast, from.Part("loss"));
        }
        catch (OperationCanceledException)
        {
            return _journal.End(RunStatus.Interrupted, "interrupted at the edge");
        }
        var count = new DerivativeCount();
        var (objective, slopes) = (new CountedObjective(loss.Loss, count), new CountedObjective(loss.Slopes, count));
        var tracking = _experiment.Tracking;
        // One guard vector with tolerance 0.01: the second eigenvalue, accurate to about the square of that.
        var frame = new EigenpairParameters(
            1,
            tracking.EigenvectorTolerance,
            GuardTolerance: 0.01,
            Seed: _experiment.Seed);
        var descent = new GradientDescent(objective, _experiment.LearningRate);
        var dynamics = new SelfStabilization(
            new(objective, _experiment.LearningRate, frame, tracking.ConstraintTolerance, NormalsEvery: tracking.NormalsEvery),
            [
                .. SelfStabilization.Paper(descent, new(objective, _experiment.LearningRate, tracking.FlowTolerance, slopes)),
                .. tracking.Predictions == PredictionSet.PaperAndCode ? SelfStabilization.FixedFrames(descent) : [],
                .. _experiment.Steering.Policies.Select(policy => Steered(policy, descent)),
                .. AdditionalTrajectories(descent),
            ]);
        RecordTrajectories(dynamics);
        using var recorder = new TrackingRecorder(
            _run,
            objective,
            new EigenpairParameters(1, tracking.SharpnessTolerance, Seed: _experiment.Seed + 1, RefreshAfter: 8),
            _experiment.LearningRate,
            tracking.SharpnessEvery,
            instabilityStep,
            dynamics.Trajectories);
        var steering = new SteeringRecorder(_run, problem.Model.Layout, instabilityStep, dynamics.Trajectories);
        using var eigenvalues = Eigenvalues(tracking.SharpnessTolerance);
        // Its calls of the objective do not count as a cost of the tracked phase.
        using var theory = new TheoryRecorder(
            _run,
            problem.Objective(ScalarType.Float64),
            _experiment.LearningRate,
            tracking.TheoryEvery,
            instabilityStep);
        double? firstLoss = null;
        var first = from?.Whole("step") ?? 0;
        (RunStatus Status, string Message) end;
        try
        {
            var state = from is null ? dynamics.Start(theta!) : dynamics.Restored(from.Part("state"));
            if (from is not null)
            {
                recorder.Restore(from.Part("recorder"));
                eigenvalues.Restore(from.Part("eigenvalues"));
                theory.Restore(from.Part("theory"));
                if (from.Has("first_loss")) firstLoss = from.Number("first_loss");
                // Last: the calls that rebuilt the state do not count.
                count.Restore(from.Part("count"));
            }
            var (_, reason) = Loop.Run(
                dynamics,
                state,
                first,
                tracking.Steps,
                [Keep, recorder.Record, steering.Record, Spectrum, theory.Record, Rounding, Watch],
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
        outputs.Parameters.Write();
        var steps = Math.Max(1, recorder.Tracked);
        _run.Set(EdgeSchema.ProductsPerStep, (double)count.Products / steps);
        _run.Set(EdgeSchema.GradientsPerStep, (double)count.Gradients / steps);
        _run.Set(EdgeSchema.ThirdDerivativesPerStep, (double)count.ThirdDerivatives / steps);
        recorder.Summarize(eigenvalues.NotConverged + loss.NotConverged);
        loss.Summarize();
        return _journal.End(end.Status, end.Status == RunStatus.Diverged ? outputs.Good.WriteDiagnostics(end.Message) : end.Message);

        IObjective Loss(ScalarType precision) => Cancelled(outputs.Good.Watched(WrapLoss(problem.Objective(precision))), cancellation);

        // Before any other observer sees the state: the store ends with the step before.
        string? Keep(long step, SelfStabilizationState state)
        {
            // The last step of the descent is the first here. Its loss is replaced by that in float64 before a checkpoint
            // records what the store holds.
            if (step == 0 && from is null) _run.Add(EdgeSchema.Descent, EdgeSchema.Loss, instabilityStep, state.Descent.Loss);
            _checkpoints.StopIfReached(EdgePhase, instabilityStep + step, Save);
            if ((step == 0 && from is null) || cancellation.IsCancellationRequested) _checkpoints.Write(EdgePhase, Save);
            else _checkpoints.WriteIfDue(EdgePhase, Save);
            return null;

            void Save(Snapshot to)
            {
                to.Set("instability_step", instabilityStep);
                to.Set("step", step);
                dynamics.Save(state, to.Part("state"));
                recorder.Save(to.Part("recorder"));
                eigenvalues.Save(to.Part("eigenvalues"));
                theory.Save(to.Part("theory"));
                loss.Save(to.Part("loss"));
                count.Save(to.Part("count"));
                if (firstLoss is { } known) to.Set("first_loss", known);
            }
        }

        // After the recorder, which expands descent where its sharpness is measured: the expansions are the same for every
        // number of eigenvalues.
        string? Spectrum(long step, SelfStabilizationState state) =>
            eigenvalues.Record(instabilityStep + step, state, step % tracking.SharpnessEvery == 0);

        string? Rounding(long step, SelfStabilizationState state)
        {
            loss.Measure(step, instabilityStep + step, state.Constrained);
            return null;
        }

        string? Watch(long step, SelfStabilizationState state)
        {
            _journal.CommitIfDue();
            outputs.Parameters.Keep(instabilityStep + step, state);
            outputs.Good.Keep(instabilityStep + step, state.Descent.Theta);
            var descended = state.Descent.Loss;
            firstLoss ??= descended;
            progress?.Invoke(Progress(EdgePhase, step, tracking.Steps, descended, recorder.Sharpness));
            return !double.IsFinite(descended) || descended > Diverged * firstLoss
                ? $"gradient descent diverged {step} steps after instability: loss {descended:g4}"
                : null;
        }
    }

    /// <summary>Writes the list of trajectories; the constrained one is third in figures, after descent and flow.</summary>
    private void RecordTrajectories(SelfStabilization dynamics)
    {
        var rows = dynamics.Trajectories.Select(one => new TrajectoryRow(one.Name, one.Title)).ToList();
        rows.Insert(2, new(EdgeSchema.Constrained, "constrained trajectory"));
        _run.Set(EdgeSchema.Trajectories, rows);
    }

    private EigenvalueRecorder Eigenvalues(double tolerance) =>
        new(_run, new(_experiment.Tracking.Eigenvalues, tolerance, Seed: _experiment.Seed + 2, RefreshAfter: 8));

    private StudyProgress Progress(string phase, long step, long? steps, double loss, double sharpness) =>
        new(phase, step, steps, ("loss", loss), ("S/(2/η)", sharpness / _experiment.Threshold));

    private CancelledObjective Cancelled(IObjective objective, CancellationToken cancellation) =>
        new(objective, GracePeriod, _time, cancellation);

    /// <summary>Files that a run writes besides its store.</summary>
    private sealed record OutputFiles(LastGoodState Good, ParameterRecorder Parameters);
}
