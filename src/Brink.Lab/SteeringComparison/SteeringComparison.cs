using System.Text.Json;
using Brink.Algebra;
using Brink.Dynamics;
using Brink.Objectives;
using Brink.Runs;
using Brink.Spectra;
using Brink.Steering;

namespace Brink.Lab;

/// <summary>Runs a comparison of learning-rate policies: for each seed, policy and rate one training from the seed's start. A training
/// that diverges is recorded as such, and the next one follows.</summary>
internal sealed class SteeringComparison : IStudyRun
{
    public static readonly StudyKind Kind = new StudyKind<SteeringStudy>(
        SteeringStudy.Default, (study, run, time, pace) => new SteeringComparison(study, run, time, pace));

    private const string Phase = "steering";

    private readonly SteeringStudy _study;
    private readonly RunWriter _run;
    private readonly RunJournal _journal;
    private readonly Checkpoints _checkpoints;
    private readonly List<SteeringResult> _results = [];
    private readonly List<double> _critical = [];
    private Snapshot? _from;   // of the next training, where it has started

    /// <param name="study">Study to run.</param>
    /// <param name="run">Writer of the run.</param>
    /// <param name="time">Source of monotonic time.</param>
    /// <param name="pace">Pace of the checkpoints.</param>
    public SteeringComparison(SteeringStudy study, RunWriter run, TimeProvider time, CheckpointPace? pace = null)
    {
        (_study, _run, _journal) = (study, run, new(run, time));
        _checkpoints = new(run, _journal, pace ?? CheckpointPace.Usual, time);
    }

    /// <inheritdoc/>
    public RunSummary Run(string name, Action<StudyProgress>? progress, CancellationToken cancellation)
    {
        _journal.Begin(name, _study);
        return WithProblem(problem => _journal.Audit(problem, _study), progress, cancellation);
    }

    /// <inheritdoc/>
    public RunSummary Resume(Checkpoint from, Action<StudyProgress>? progress, CancellationToken cancellation)
    {
        _journal.Resume(from.Seconds);
        _results.AddRange(JsonSerializer.Deserialize<List<SteeringResult>>(from.State.Word("results"), RunJson.Options)!);
        _critical.AddRange(from.State.Numbers("critical"));
        _from = from.State;
        return WithProblem(
            problem =>
            {
                _journal.CheckData(problem);
                return null;
            },
            progress,
            cancellation);
    }

    /// <param name="begin">Returns the reason to end at once, or null.</param>
    private RunSummary WithProblem(Func<Problem, string?> begin, Action<StudyProgress>? progress, CancellationToken cancellation)
    {
        try
        {
            using var problem = new Problem(_study);
            if (_study.Batch > problem.Samples)
                throw new ExperimentException($"batch: {_study.Batch}; it must be at most the number of samples, {problem.Samples}");
            var (test, checksum) = problem.Test(_study.TestPath, ScalarType.Float32);
            _journal.Check(RunSchema.TestChecksum, "test_path", checksum);
            _run.Set(RunSchema.TestChecksum, checksum);
            if (begin(problem) is { } fault) return _journal.End(RunStatus.Failed, fault);
            using var scope = NewDisposeScope();
            return TrainAll(new(problem, problem.Training(ScalarType.Float32), test, progress, cancellation));
        }
        catch (Exception e) when (e is not RunStoreException)
        {
            _journal.End(RunStatus.Failed, e.Message);
            throw;
        }
    }

    private RunSummary TrainAll(Setting setting)
    {
        var trainings = (
            from seed in Enumerable.Range(0, _study.Seeds)
            from policy in _study.Policies
            from multiple in _study.Multiples
            select (Seed: seed, policy, multiple)).ToArray();
        try
        {
            foreach (var (seed, policy, multiple) in trainings.Skip(_results.Count))
            {
                using var scope = NewDisposeScope();
                // The first seed is that of the study: initial parameters from a file are those of every seed.
                var initial = seed == 0 ? setting.Problem.Initial() : setting.Problem.Model.Initial(_study.Seed + seed);
                var theta = initial.to(ScalarType.Float32);
                if (_critical.Count <= seed) _critical.Add(CriticalRate(setting, theta));
                _run.Set(SteeringSchema.CriticalRates, _critical);
                Train(setting, theta, _study.Seed + seed, policy, multiple, multiple * (_study.LearningRate ?? _critical[seed]));
            }
        }
        catch (OperationCanceledException)
        {
            return _journal.End(RunStatus.Interrupted, $"interrupted after {_results.Count} of {trainings.Length} trainings");
        }
        var costs = SteeringCosts.Of(_run, _study, _results);
        _run.Set(SteeringSchema.Results, costs.Results);
        _run.Set(SteeringSchema.Targets, costs.Targets);
        _run.Set(SteeringSchema.BestMultiples, costs.BestMultiples);
        var diverged = _results.Count(result => result.Diverged);
        return _journal.End(
            RunStatus.Completed,
            $"{trainings.Length} trainings of {_study.Gradients} gradients" + (diverged == 0 ? "" : $"; {diverged} of them diverged"));
    }

    /// <summary>2/S at the start, in the metric of a rule without second moments.</summary>
    private double CriticalRate(Setting setting, Tensor theta)
    {
        if (_study.LearningRate is { } given) return given;
        using var expansion = setting.Problem.Objective(ScalarType.Float32).ExpandAt(theta);
        using var tracker = new EigenpairTracker(new(1, 1e-2, Seed: _study.Seed));
        var sharpness = tracker.Track(expansion.Hessian(theta)).Values[0];
        return sharpness > 0
            ? 2 / (sharpness * _study.UpdateRule.Gain)
            : throw new ExperimentException($"learning_rate: null; the sharpness at the start is {sharpness:g4}: give the rate");
    }

    private void Train(Setting setting, Tensor theta, long seed, string policy, double multiple, double learningRate)
    {
        var process = SteeringSchema.Process(policy, multiple, seed);
        var count = new DerivativeCount();
        var all = setting.Problem.Objective(ScalarType.Float32);
        var batches = _study.Batch is { } batch ? new BatchLosses(setting.Problem, batch, seed) : null;
        var dynamics = new SteeredDescent(
            attempt => new CountedObjective(batches?.Of(attempt) ?? all, count),
            _study.UpdateRule,
            _study.Policy(policy),
            _ => learningRate);
        var trial = new SteeringTrial(_study, _run, process, all, count);
        var from = _from;
        _from = null;
        var state = from is null ? dynamics.Start(theta) : dynamics.Restored(from.Part("state"));
        if (from is not null) trial.Restore(from.Part("trial"));
        Tensor? last = null;
        var steps = 0L;
        string? end = null;
        try
        {
            end = Loop.Run(dynamics, state, from?.Whole("attempt") ?? 0, long.MaxValue, [Keep, Watch], setting.Cancellation).Reason;
        }
        catch (ArithmeticException e)
        {
            end = e.Message;
        }
        finally
        {
            if (end is not null) _results.Add(Result());
            _run.Set(SteeringSchema.Results, _results);
            last?.Dispose();
        }

        // Before the attempt is recorded: the store ends with the one before.
        string? Keep(long attempt, SteeredState at)
        {
            if (setting.Cancellation.IsCancellationRequested) _checkpoints.Write(Phase, Save);
            else _checkpoints.WriteIfDue(Phase, Save);
            return null;

            void Save(Snapshot to)
            {
                to.Set("results", JsonSerializer.Serialize(_results, RunJson.Options));
                to.Set("critical", _critical);
                to.Set("attempt", attempt);
                dynamics.Save(at, to.Part("state"));
                trial.Save(to.Part("trial"));
            }
        }

        string? Watch(long attempt, SteeredState at)
        {
            var reason = trial.Record(at);
            steps = at.Steps;
            _journal.CommitIfDue();
            setting.Progress?.Invoke(new(
                process,
                Math.Min(trial.Gradients, _study.Gradients),
                _study.Gradients,
                ("loss", trial.Loss),
                ("rate", at.Steering!.Multiple)));
            if (reason is not null) last = at.Point.Theta.clone().DetachFromDisposeScope();
            return reason;
        }

        SteeringResult Result()
        {
            using var scope = NewDisposeScope();
            var (trained, tested) = last is null ? (null, null) : (setting.Training.At(last), setting.Test.At(last));
            var diverged = trial.HasDiverged;
            if (diverged) _run.AddEvent(trial.Gradients, RunSchema.DivergedEvent, $"{process}: {end}");
            return new(policy, multiple, seed)
            {
                LearningRate = learningRate,
                Steps = steps,
                Undone = trial.Undone,
                Gradients = trial.Gradients,
                TrainLoss = Finite(trained?.Loss),
                TestLoss = Finite(tested?.Loss),
                TestAccuracy = Finite(tested?.Accuracy),
                Diverged = diverged,
            };
        }
    }

    // JSON has no NaN: the event says what the loss was.
    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    /// <summary>Inputs that all trainings share.</summary>
    private sealed record Setting(
        Problem Problem, ScoredSamples Training, ScoredSamples Test, Action<StudyProgress>? Progress, CancellationToken Cancellation);
}
