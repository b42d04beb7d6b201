using System.Globalization;
using Brink.Games;
using Brink.Runs;

namespace Brink.Lab;

/// <summary>Where a meta-training is.</summary>
public sealed record GameTrainingProgress(long Epoch, int Epochs, double Loss, double Score, double Best);

/// <summary>Trains a learned optimizer as a run: what was found of it, checkpoints, and the weights that are
/// kept in weights.safetensors.</summary>
public sealed class GameTrainingRun(IOptimizerTraining training, RunWriter run, TimeProvider time)
{
    /// <summary>Whose series these are in the run store.</summary>
    public const string Process = "meta";

    public string Weights => Path.Combine(run.Folder, "weights.safetensors");

    private string Checkpoint => Path.Combine(run.Folder, "checkpoints", "last.safetensors");

    /// <param name="name">What the run is called.</param>
    /// <param name="from">A state to go on from, or null for the beginning; it becomes the run's.</param>
    /// <param name="progress">Told after each epoch.</param>
    /// <param name="cancellation">Asked between epochs.</param>
    public RunSummary Run(string name, MetaState? from, Action<GameTrainingProgress>? progress, CancellationToken cancellation)
    {
        var journal = new RunJournal(run, time);
        journal.Begin(name);
        run.SetManifest("experiment", training.ToJson());
        run.SetManifest("seed", training.Seed);
        run.SetManifest("parameters", LearnedOptimizer.Size(training.Hidden));
        Directory.CreateDirectory(Path.GetDirectoryName(Checkpoint)!);
        var method = training.Method();
        using var scope = NewDisposeScope();
        var validation = training.Validation();
        var state = from ?? method.Start();
        var score = double.NaN;
        try
        {
            if (state.Epoch == 0 && training.BeginsKnown) Validate();
            while (state.Epoch < training.Epochs)
            {
                if (cancellation.IsCancellationRequested) return End(RunStatus.Interrupted);
                var (next, report) = method.Epoch(state);
                Take(next);
                Record(method, state, report);
                if (state.Epoch % training.ValidateEvery == 0 || state.Epoch == training.Epochs) Validate();
                progress?.Invoke(new(state.Epoch, training.Epochs, report.Loss, score, state.BestScore));
                journal.CommitNowAndThen();
            }
            return End(RunStatus.Completed);
        }
        finally
        {
            state.Dispose();
        }

        void Validate()
        {
            (var validated, score) = method.Validated(state, validation);
            Take(validated);
            run.Add(Process, "score", state.Epoch, score);
            run.Add(Process, "best_score", state.Epoch, state.BestScore);
            GameTrainingCheckpoint.Write(Checkpoint, training, state);
        }

        void Take(MetaState next)
        {
            state.Dispose();
            state = next;
        }

        RunSummary End(RunStatus status)
        {
            GameTrainingCheckpoint.Write(Checkpoint, training, state);
            OptimizerFile.Write(Weights, method.Kept(state), new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["training"] = training.ToJson(),
                ["epoch"] = state.BestEpoch.ToString(CultureInfo.InvariantCulture),
                ["validation_score"] = state.BestScore.ToString("R", CultureInfo.InvariantCulture),
            });
            run.SetManifest("best_score", state.BestScore);
            run.SetManifest("counted", training.Counted);
            run.SetManifest("best_epoch", state.BestEpoch);
            return journal.End(status, string.Create(
                CultureInfo.InvariantCulture,
                $"{state.Epoch} epochs; the weights of epoch {state.BestEpoch} are kept, {state.BestScore:g4} {training.Counted}"));
        }
    }

    private void Record(IMetaTraining method, MetaState state, EpochReport report)
    {
        run.Add(Process, "loss", state.Epoch, report.Loss);
        run.Add(Process, "steps", state.Epoch, report.Steps);
        run.Add(Process, "horizon", state.Epoch, method.Horizons[state.Level]);
        if (report.End == BatchEnd.NotFinite)
            run.AddEvent(state.Epoch, "diverged", $"epoch {state.Epoch}: the loss was no number; the weights are restored to those from its start");
    }
}
