using System.Text.Json;
using Brink.Algebra;
using Brink.Dynamics;
using Brink.Dynamics.Stabilization;
using Brink.Objectives;
using Brink.Runs;
using Brink.Spectra;

namespace Brink.Lab;

/// <summary>Runs a speed study: one descent after the other from the same start, then the flow. A learning rate that diverges
/// is recorded as such, and the next one follows.</summary>
internal sealed class TrainingSpeed : IStudyRun
{
    public static readonly StudyKind Kind = new StudyKind<SpeedStudy>(
        SpeedStudy.Default, (study, run, time, pace) => new TrainingSpeed(study, run, time, pace));

    private const string Phase = "speed";

    private readonly SpeedStudy _study;
    private readonly RunWriter _run;
    private readonly RunJournal _journal;
    private readonly Checkpoints _checkpoints;
    private readonly List<SpeedResult> _results = [];
    private Snapshot? _from;   // of the next process, where it has started

    /// <param name="study">Study to run.</param>
    /// <param name="run">Writer of the run.</param>
    /// <param name="time">Source of monotonic time.</param>
    /// <param name="pace">Pace of the checkpoints.</param>
    public TrainingSpeed(SpeedStudy study, RunWriter run, TimeProvider time, CheckpointPace? pace = null)
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
        _results.AddRange(JsonSerializer.Deserialize<List<SpeedResult>>(from.State.Word("results"), RunJson.Options)!);
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
            if (_study.SharpnessSamples > problem.Samples)
            {
                throw new ExperimentException(
                    $"sharpness_samples: {_study.SharpnessSamples}; it must be at most the number of samples, {problem.Samples}");
            }
            var (test, checksum) = problem.Test(_study.TestPath, ScalarType.Float32);
            _journal.Check(RunSchema.TestChecksum, "test_path", checksum);
            _run.Set(RunSchema.TestChecksum, checksum);
            if (begin(problem) is { } fault) return _journal.End(RunStatus.Failed, fault);
            using var scope = NewDisposeScope();
            return TrainAll(new(
                problem.Objective(ScalarType.Float32),
                problem.Objective(ScalarType.Float32, _study.SharpnessSamples, _study.MicroBatch),
                problem.Initial().to(ScalarType.Float32),
                problem.Training(ScalarType.Float32),
                test,
                progress,
                cancellation));
        }
        catch (Exception e) when (e is not RunStoreException)
        {
            _journal.End(RunStatus.Failed, e.Message);
            throw;
        }
    }

    private RunSummary TrainAll(Setting setting)
    {
        try
        {
            foreach (var learningRate in _study.LearningRates)
                if (_results.All(result => result.Process != SpeedSchema.Process(learningRate))) Descend(setting, learningRate);
            Flow(setting);
        }
        catch (OperationCanceledException)
        {
            return End(RunStatus.Interrupted, $"interrupted in {_results[^1].Process}");
        }
        var diverged = _results.Count(result => result.Diverged);
        return End(
            RunStatus.Completed,
            $"{_study.LearningRates.Count} learning rates and steps of 1/S, {_study.Steps} steps each"
                + (diverged == 0 ? "" : $"; {diverged} of them diverged"));
    }

    private void Descend(Setting setting, double learningRate)
    {
        using var sharpness = new WarmSharpness(setting.Curvature, Tracking);
        Train(
            setting,
            SpeedSchema.Process(learningRate),
            new GradientDescent(setting.Objective, learningRate),
            (step, point) => new(point, step * learningRate, learningRate, () => sharpness.At(point)),
            sharpness);
    }

    private void Flow(Setting setting) => Train(
        setting,
        SpeedSchema.Flow,
        new SharpnessFlow(setting.Objective, setting.Curvature, Tracking),
        (_, state) => new(state.Point, state.Time, 1 / state.Pairs.Values[0], () => state.Pairs),
        null);

    private void Train<TState>(
        Setting setting,
        string process,
        IResumable<TState> dynamics,
        Func<long, TState, SpeedMoment> moment,
        WarmSharpness? sharpness)
        where TState : IDisposable
    {
        var recorder = new SpeedRecorder(_study, _run, process, setting.Training, setting.Test);
        var last = 0L;
        string? fault = null;
        var from = _from;
        _from = null;
        var first = from?.Whole("step") ?? 0;
        var state = from is null ? dynamics.Start(setting.Initial) : dynamics.Restored(from.Part("state"));
        if (from is not null)
        {
            recorder.Restore(from.Part("recorder"));
            sharpness?.Restore(from.Part("sharpness"));
        }
        try
        {
            fault = Loop.Run(dynamics, state, first, _study.Steps, [Keep, Watch], setting.Cancellation).Reason;
        }
        catch (ArithmeticException e)
        {
            fault = e.Message;
        }
        finally
        {
            // Also after cancellation: a partial result is kept.
            if (fault is not null) _run.AddEvent(last, RunSchema.DivergedEvent, $"{process}: {fault}");
            _results.Add(recorder.Result(diverged: fault is not null));
            _run.Set(SpeedSchema.Results, _results);
        }

        // Before the step is recorded: the store ends with the one before.
        string? Keep(long step, TState state)
        {
            if (setting.Cancellation.IsCancellationRequested) _checkpoints.Write(Phase, Save);
            else _checkpoints.WriteIfDue(Phase, Save);
            return null;

            void Save(Snapshot to)
            {
                to.Set("results", JsonSerializer.Serialize(_results, RunJson.Options));
                to.Set("step", step);
                dynamics.Save(state, to.Part("state"));
                recorder.Save(to.Part("recorder"));
                sharpness?.Save(to.Part("sharpness"));
            }
        }

        string? Watch(long step, TState state)
        {
            last = step;
            var at = moment(step, state);
            var reason = recorder.Record(step, at);
            _journal.CommitIfDue();
            setting.Progress?.Invoke(new(
                process, step, _study.Steps, ("loss", at.Point.Loss), ("S/(2/η)", recorder.Sharpness * at.Length / 2)));
            return reason;
        }
    }

    private EigenpairParameters Tracking => new(1, _study.SharpnessTolerance, Seed: _study.Seed);

    private RunSummary End(RunStatus status, string message)
    {
        var best = _study.LearningRates
            .Join(_results, SpeedSchema.Process, result => result.Process, (rate, result) => (rate, result))
            .Where(pair => pair.result is { Diverged: false } && pair.result.Step == _study.Steps)
            .OrderBy(pair => pair.result.TrainLoss)
            .Select(pair => (double?)pair.rate)
            .FirstOrDefault();
        _run.Set(SpeedSchema.BestLearningRate, best);
        return _journal.End(status, message);
    }

    /// <summary>Inputs that all descents and the flow share.</summary>
    private sealed record Setting(
        IObjective Objective,
        IObjective Curvature,
        Tensor Initial,
        ScoredSamples Training,
        ScoredSamples Test,
        Action<StudyProgress>? Progress,
        CancellationToken Cancellation);
}
