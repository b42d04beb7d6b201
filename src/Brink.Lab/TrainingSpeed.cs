using Brink.Dynamics;
using Brink.Objectives;
using Brink.Runs;
using Brink.Spectra;

namespace Brink.Lab;

/// <summary>Runs a speed study: from the same start one descent after the other, then the flow. A learning rate
/// that diverges is recorded as such, and the next one has its turn.</summary>
public sealed class TrainingSpeed(SpeedStudy study, RunWriter run, TimeProvider time)
{
    private readonly RunJournal _journal = new(run, time);
    private readonly List<SpeedResult> _results = [];

    /// <summary>Runs it to its end, whichever that is; the run store is complete afterwards, its status
    /// included.</summary>
    /// <param name="name">What the run is called: the preset's or the file's name.</param>
    /// <param name="progress">Told of every step.</param>
    /// <param name="cancellation">Ends the run with what was done saved, status interrupted.</param>
    /// <exception cref="ExperimentException">The data cannot be had; the run's status is failed.</exception>
    public RunSummary Run(string name, Action<RunProgress>? progress, CancellationToken cancellation)
    {
        _journal.Begin(name, study);
        try
        {
            using var problem = new Problem(study);
            var (test, checksum) = problem.Test(study.TestPath, ScalarType.Float32);
            run.SetManifest("test_checksum", checksum);
            if (_journal.Audit(problem, study) is { } fault) return _journal.End(RunStatus.Failed, fault);
            using var scope = NewDisposeScope();
            return All(new(
                problem.Objective(ScalarType.Float32),
                problem.Objective(ScalarType.Float32, study.SharpnessSamples, study.MicroBatch),
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

    private RunSummary All(Setting setting)
    {
        try
        {
            foreach (var learningRate in study.LearningRates) Descend(setting, learningRate);
            Flow(setting);
        }
        catch (OperationCanceledException)
        {
            return End(RunStatus.Interrupted, $"interrupted in {_results[^1].Process}");
        }
        var diverged = _results.Count(result => result.Diverged);
        return End(
            RunStatus.Completed,
            $"{study.LearningRates.Count} learning rates and steps of 1/S, {study.Steps} steps each"
                + (diverged == 0 ? "" : $"; {diverged} of them diverged"));
    }

    private void Descend(Setting setting, double learningRate)
    {
        using var sharpness = new WarmSharpness(setting.Curvature, Tracker);
        Train(
            setting,
            SpeedStudy.Process(learningRate),
            new GradientDescent(setting.Objective, learningRate),
            (step, point) => new(point, step * learningRate, learningRate, () => sharpness.At(point)));
    }

    private void Flow(Setting setting) => Train(
        setting,
        SpeedStudy.Flow,
        new SharpnessFlow(setting.Objective, setting.Curvature, Tracker),
        (_, state) => new(state.Point, state.Time, 1 / state.Pairs.Values[0], () => state.Pairs));

    private void Train<TState>(
        Setting setting, string process, IDynamics<TState> dynamics, Func<long, TState, SpeedMoment> moment)
        where TState : IDisposable
    {
        var recorder = new SpeedRecorder(study, run, process, setting.Training, setting.Test);
        var last = 0L;
        string? fault = null;
        try
        {
            fault = Loop.Run(dynamics, setting.Initial, study.Steps, [Watch], setting.Cancellation).Reason;
        }
        catch (ArithmeticException e)
        {
            fault = e.Message;
        }
        finally
        {
            // Also when it is cancelled: what was reached counts.
            if (fault is not null) run.AddEvent(last, "diverged", $"{process}: {fault}");
            _results.Add(recorder.Result(diverged: fault is not null));
            run.SetManifest("results", _results);
        }

        string? Watch(long step, TState state)
        {
            last = step;
            var at = moment(step, state);
            var reason = recorder.See(step, at);
            _journal.CommitNowAndThen();
            setting.Progress?.Invoke(
                new(process, step, study.Steps, at.Point.Loss, recorder.Sharpness * at.Length / 2));
            return reason;
        }
    }

    private EigenpairTracker Tracker => new(1, study.SharpnessTolerance, Seed: study.Seed);

    private RunSummary End(RunStatus status, string message)
    {
        var best = study.LearningRates
            .Join(_results, SpeedStudy.Process, result => result.Process, (rate, result) => (rate, result))
            .Where(pair => pair.result is { Diverged: false } && pair.result.Step == study.Steps)
            .OrderBy(pair => pair.result.TrainLoss)
            .Select(pair => (double?)pair.rate)
            .FirstOrDefault();
        run.SetManifest("best_learning_rate", best);
        return _journal.End(status, message);
    }

    /// <summary>What all descents and the flow share.</summary>
    private sealed record Setting(
        IObjective Objective,
        IObjective Curvature,
        Tensor Initial,
        ScoredSamples Training,
        ScoredSamples Test,
        Action<RunProgress>? Progress,
        CancellationToken Cancellation);
}
