using System.Globalization;
using Brink.Games;
using Brink.Runs;
using Brink.Zoo.Formats;

namespace Brink.Lab;

/// <summary>Trains a learned optimizer as a run, and writes the kept weights to weights.safetensors.</summary>
internal sealed class GameTrainingRun : IStudyRun
{
    /// <summary>Trainings on games with quadratic losses, and on GANs.</summary>
    public static readonly StudyKind
        OnGames = new StudyKind<GameTraining>(new(), (training, run, time, pace) => new GameTrainingRun(training, run, time, pace))
        {
            StepOf = EpochOf,
        },
        OnGans = new StudyKind<GanTraining>(new(), (training, run, time, pace) => new GameTrainingRun(training, run, time, pace))
        {
            StepOf = EpochOf,
        };

    private readonly OptimizerTraining _training;
    private readonly RunWriter _run;
    private readonly RunJournal _journal;
    private readonly Checkpoints _checkpoints;

    /// <param name="training">Training to run.</param>
    /// <param name="run">Writer of the run.</param>
    /// <param name="time">Source of monotonic time.</param>
    /// <param name="pace">Pace of the checkpoints.</param>
    public GameTrainingRun(OptimizerTraining training, RunWriter run, TimeProvider time, CheckpointPace? pace = null)
    {
        (_training, _run, _journal) = (training, run, new(run, time));
        _checkpoints = new(run, _journal, pace ?? CheckpointPace.Usual, time);
    }

    public string Weights => Path.Combine(_run.Folder, GameSchema.WeightsFile);

    /// <inheritdoc/>
    public RunSummary Run(string name, Action<StudyProgress>? progress, CancellationToken cancellation) =>
        Run(name, _training.Method().Start(), progress, cancellation);

    /// <summary>Runs the training from another state, which the run then owns.</summary>
    internal RunSummary Run(string name, MetaState start, Action<StudyProgress>? progress, CancellationToken cancellation)
    {
        _journal.Begin(name, _training);
        _run.Set(RunSchema.Parameters, LearnedOptimizer.Size(_training.Hidden));
        return Train(start, progress, cancellation);
    }

    /// <inheritdoc/>
    public RunSummary Resume(Checkpoint from, Action<StudyProgress>? progress, CancellationToken cancellation)
    {
        _journal.Resume(from.Seconds);
        return Train(MetaState.Restored(from.State), progress, cancellation);
    }

    private RunSummary Train(MetaState state, Action<StudyProgress>? progress, CancellationToken cancellation)
    {
        var method = _training.Method();
        using var scope = NewDisposeScope();
        var validation = _training.Validation();
        var score = double.NaN;
        try
        {
            while (state.Epoch < _training.Epochs)
            {
                if (cancellation.IsCancellationRequested)
                {
                    _checkpoints.Write(_training.Kind, state.Save);
                    return End(RunStatus.Interrupted);
                }
                _checkpoints.StopIfReached(_training.Kind, state.Epoch, state.Save);
                _checkpoints.WriteIfDue(_training.Kind, state.Save);
                var (next, report) = method.Epoch(state);
                Take(next);
                Record(method, state, report);
                if (state.Epoch % _training.ValidateEvery == 0 || state.Epoch == _training.Epochs) Validate();
                progress?.Invoke(new(
                    "training", state.Epoch, _training.Epochs, ("loss", report.Loss), ("validation", score), ("best", state.BestScore))
                {
                    Unit = "epoch",
                });
                _journal.CommitIfDue();
            }
            return End(state.Fast.Moments.Steps > 0 ? RunStatus.Completed : RunStatus.Failed);
        }
        finally
        {
            state.Dispose();
        }

        void Validate()
        {
            (var validated, score) = method.Validated(state, validation);
            Take(validated);
            _run.Add(GameSchema.Score, state.Epoch, score);
            _run.Add(GameSchema.BestScoreSeries, state.Epoch, state.BestScore);
        }

        void Take(MetaState next)
        {
            state.Dispose();
            state = next;
        }

        RunSummary End(RunStatus status)
        {
            // Without an update the weights are the initial ones, which are useless.
            if (status == RunStatus.Failed)
                return _journal.End(status, $"each of {state.Epoch} epochs diverged before its first update; no weights are kept");
            OptimizerFile.Write(Weights, method.BestOptimizer(state), new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["training"] = StudyYaml.Write(_training),
                ["epoch"] = state.BestEpoch.ToString(CultureInfo.InvariantCulture),
                ["validation_score"] = state.BestScore.ToString("R", CultureInfo.InvariantCulture),
            });
            _run.Set(GameSchema.BestScore, state.BestScore);
            _run.Set(GameSchema.Counted, _training.Counted);
            _run.Set(GameSchema.BestEpoch, state.BestEpoch);
            return _journal.End(status, string.Create(
                CultureInfo.InvariantCulture,
                $"{state.Epoch} epochs; the weights of epoch {state.BestEpoch} are kept, {state.BestScore:g4} {_training.Counted}"));
        }
    }

    private static long EpochOf(Checkpoint checkpoint) => checkpoint.State.Whole("epoch");

    private void Record(IMetaTraining method, MetaState state, EpochReport report)
    {
        _run.Add(GameSchema.MetaLoss, state.Epoch, report.Loss);
        _run.Add(GameSchema.Played, state.Epoch, report.Steps);
        _run.Add(GameSchema.Horizon, state.Epoch, method.Horizons[state.Level]);
        if (report.End is not { } end) return;
        var steps = string.Create(CultureInfo.InvariantCulture, $"{report.Steps} of {method.Horizons[state.Level]} steps");
        if (end == BatchEnd.NotFinite)
        {
            _run.AddEvent(
                state.Epoch,
                RunSchema.DivergedEvent,
                $"epoch {state.Epoch}: the loss was not finite; the weights from the start of the epoch are restored");
        }
        else
        {
            _run.AddEvent(
                state.Epoch,
                GameSchema.EndedEarlyEvent,
                $"epoch {state.Epoch}: {Reason(end)}; the epoch ended early, after {steps}"
                    + (report.Updates == 0 ? ", with the weights from its start" : ""));
        }
    }

    private static string Reason(BatchEnd end) => end == BatchEnd.Diverged
        ? "an update exceeded 1e9 or was not finite"
        : "the loss became too large";
}
