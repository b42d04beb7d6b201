using System.Globalization;

namespace Brink.Runs;

/// <summary>The manifest keys, processes and series of a training speed study (docs/reference/run-format.md).</summary>
public static class SpeedSchema
{
    public const string Kind = "speed";

    /// <summary>The process of a descent is this prefix and its learning rate; that of the flow with steps 1/S is
    /// <see cref="Flow"/>.</summary>
    public const string Prefix = "gd@", Flow = Prefix + "1/S";

    public const string TrainLoss = "train_loss", TestLoss = "test_loss", TrainAccuracy = "train_accuracy", TestAccuracy = "test_accuracy",
        Sharpness = RunSchema.SharpnessSeries, Time = "time";

    /// <summary>The last evaluation of each process.</summary>
    public static readonly ManifestKey<IReadOnlyList<SpeedResult>?> Results = new("results");

    public static readonly ManifestKey<double?> BestLearningRate = new("best_learning_rate");

    /// <summary>Returns the process of a descent.</summary>
    public static string Process(double learningRate) => Prefix + learningRate.ToString("R", CultureInfo.InvariantCulture);
}
