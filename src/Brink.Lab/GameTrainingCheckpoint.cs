using System.Globalization;
using Brink.Games;

namespace Brink.Lab;

/// <summary>A meta-training between two epochs, in a safetensors file: it goes on from there as if it had not
/// stopped.</summary>
public static class GameTrainingCheckpoint
{
    private const string OnGames = "brink-game-training-1", OnGans = "brink-gan-training-1";

    public static void Write(string path, IOptimizerTraining training, MetaState state)
    {
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        Add("fast", state.Fast);
        if (state.Slow is { } slow) Add("slow", slow);
        if (state.Best is { } best) tensors["best"] = best;
        Safetensors.Write(path, tensors, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["format"] = training is GanTraining ? OnGans : OnGames,
            ["training"] = training.ToJson(),
            ["epoch"] = Text(state.Epoch),
            ["level"] = Text(state.Level),
            ["best_score"] = state.BestScore.ToString("R", CultureInfo.InvariantCulture),
            ["best_epoch"] = Text(state.BestEpoch),
            ["fast_steps"] = Text(state.Fast.Moments.Steps),
            ["slow_steps"] = Text(state.Slow?.Moments.Steps ?? 0),
        });

        void Add(string name, TrainedWeights weights)
        {
            tensors[name] = weights.Theta;
            tensors[name + ".mean"] = weights.Moments.Mean;
            tensors[name + ".square"] = weights.Moments.Square;
        }
    }

    /// <exception cref="ExperimentException">There is no such file, or it is no checkpoint: one
    /// line.</exception>
    public static (IOptimizerTraining Training, MetaState State) Read(string path)
    {
        try
        {
            var (tensors, remarks) = Safetensors.Read(path);
            IOptimizerTraining training = remarks.GetValueOrDefault("format") switch
            {
                OnGames => GameTraining.FromJson(remarks["training"]),
                OnGans => GanTraining.FromJson(remarks["training"]),
                _ => throw new ExperimentException(
                    $"{path}: no checkpoint of a meta-training; it is called checkpoints/last.safetensors in a run"),
            };
            return (training, new MetaState(
                Weights("fast"),
                tensors.ContainsKey("slow") ? Weights("slow") : null,
                tensors.GetValueOrDefault("best"),
                Number("epoch"),
                (int)Number("level"),
                double.Parse(remarks["best_score"], CultureInfo.InvariantCulture),
                Number("best_epoch")));

            TrainedWeights Weights(string name) => new(
                tensors[name], new(tensors[name + ".mean"], tensors[name + ".square"], Number(name + "_steps")));

            long Number(string name) => long.Parse(remarks[name], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new ExperimentException(File.Exists(path) ? e.Message : $"{path}: no such file", e);
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
