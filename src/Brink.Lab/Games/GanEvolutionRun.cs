using System.Globalization;
using Brink.Games;
using Brink.Runs;
using Brink.Zoo.Formats;

namespace Brink.Lab;

/// <summary>Trains a rule for GANs as a run, and writes it to weights.safetensors.</summary>
internal sealed class GanEvolutionRun : IStudyRun
{
    public static readonly StudyKind Kind =
        new StudyKind<GanEvolution>(new(), (training, run, time, pace) => new GanEvolutionRun(training, run, time, pace))
        {
            StepOf = checkpoint => checkpoint.State.Whole("steps"),
        };

    private readonly GanEvolution _training;
    private readonly RunWriter _run;
    private readonly RunJournal _journal;
    private readonly Checkpoints _checkpoints;

    public GanEvolutionRun(GanEvolution training, RunWriter run, TimeProvider time, CheckpointPace pace)
    {
        (_training, _run, _journal) = (training, run, new(run, time));
        _checkpoints = new(run, _journal, pace, time);
    }

    /// <inheritdoc/>
    public RunSummary Run(string name, Action<StudyProgress>? progress, CancellationToken cancellation)
    {
        _journal.Begin(name, _training);
        var method = _training.Method();
        _run.Set(RunSchema.Parameters, method.Initial.Count);
        return Train(method, method.Start(), progress, cancellation);
    }

    /// <inheritdoc/>
    public RunSummary Resume(Checkpoint from, Action<StudyProgress>? progress, CancellationToken cancellation)
    {
        _journal.Resume(from.Seconds);
        return Train(_training.Method(), EvolutionState.Restored(from.State), progress, cancellation);
    }

    private RunSummary Train(
        PersistentEvolution method, EvolutionState state, Action<StudyProgress>? progress, CancellationToken cancellation)
    {
        try
        {
            while (state.Steps < _training.Steps)
            {
                if (cancellation.IsCancellationRequested)
                {
                    _checkpoints.Write(_training.Kind, state.Save);
                    return End(state, RunStatus.Interrupted);
                }
                _checkpoints.StopIfReached(_training.Kind, state.Steps, state.Save);
                _checkpoints.WriteIfDue(_training.Kind, state.Save);
                var (next, report) = method.Step(state);
                state.Dispose();
                state = next;
                Record(state, report);
                if (!double.IsFinite(report.Loss)) return End(state, RunStatus.Failed);
                progress?.Invoke(new("training", state.Steps, _training.Steps, ("loss", report.Loss), ("least", state.Least)));
                _journal.CommitIfDue();
            }
            return End(state, RunStatus.Completed);
        }
        finally
        {
            state.Dispose();
        }
    }

    private void Record(EvolutionState state, EvolutionReport report)
    {
        _run.Add(GameSchema.MetaLoss, state.Steps, report.Loss);
        _run.Add(GameSchema.EstimateNorm, state.Steps, report.GradientNorm);
        if (report.Diverged > 0)
        {
            _run.AddEvent(
                state.Steps, GameSchema.EndedEarlyEvent, string.Create(
                    CultureInfo.InvariantCulture, $"step {state.Steps}: {report.Diverged} pairs diverged, and begin new games"));
        }
        if (report.RolledBack)
        {
            _run.AddEvent(
                state.Steps, RunSchema.DivergedEvent, string.Create(
                    CultureInfo.InvariantCulture, $"step {state.Steps}: the loss rose; the best rule is restored, and the rate is halved"));
        }
    }

    private RunSummary End(EvolutionState state, RunStatus status)
    {
        if (status == RunStatus.Failed) return _journal.End(status, $"all GANs diverged at step {state.Steps}");
        var result = PersistentEvolution.Result(state);
        RuleFile.Write(Path.Combine(_run.Folder, GameSchema.WeightsFile), result, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["training"] = StudyYaml.Write(_training),
            ["command"] = string.Create(CultureInfo.InvariantCulture, $"brink games train --on gans --seed {_training.Seed}"),
            ["steps"] = state.Steps.ToString(CultureInfo.InvariantCulture),
            ["seconds"] = _journal.Seconds.ToString("F0", CultureInfo.InvariantCulture),
        });
        _run.Set(GameSchema.Rule, [.. result.data<double>().ToArray()]);
        return _journal.End(status, string.Create(
            CultureInfo.InvariantCulture, $"{state.Steps} steps; the rule is the mean of the last {state.AveragedSteps}"));
    }
}
