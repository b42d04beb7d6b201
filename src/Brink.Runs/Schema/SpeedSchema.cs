using System.Globalization;

namespace Brink.Runs;

/// <summary>The manifest keys, processes and series of a training speed study (docs/reference/run-format.md).</summary>
public static class SpeedSchema
{
    /// <summary>The kind of study in the manifest: a training speed study.</summary>
    public const string Kind = "speed";

    /// <summary>The process of a descent is this prefix and its learning rate; that of the flow with steps 1/S is
    /// <see cref="Flow"/>.</summary>
    public const string Prefix = "gd@", Flow = Prefix + "1/S";

    /// <summary>Name of a series at the evaluations: training loss without weight decay.</summary>
    public const string TrainLoss = "train_loss";

    /// <summary>Name of a series at the evaluations: test loss without weight decay.</summary>
    public const string TestLoss = "test_loss";

    /// <summary>Name of a series at the evaluations: share of the training samples that are classified correctly, from 0 to
    /// 1.</summary>
    public const string TrainAccuracy = "train_accuracy";

    /// <summary>Name of a series at the evaluations: share of the test samples that are classified correctly, from 0 to
    /// 1.</summary>
    public const string TestAccuracy = "test_accuracy";

    /// <summary>Name of a series at the evaluations: sharpness over the first training samples.</summary>
    public const string Sharpness = RunSchema.SharpnessSeries;

    /// <summary>Name of a series at the evaluations: sum of the step lengths so far.</summary>
    public const string Time = "time";

    /// <summary>The last evaluation of each process.</summary>
    public static readonly ManifestKey<IReadOnlyList<SpeedResult>?> Results = new("results");

    /// <summary>The learning rate with the lowest training loss among those that completed all steps.</summary>
    public static readonly ManifestKey<double?> BestLearningRate = new("best_learning_rate");

    /// <summary>Returns the process of a descent.</summary>
    public static string Process(double learningRate) => Prefix + learningRate.ToString("R", CultureInfo.InvariantCulture);
}
