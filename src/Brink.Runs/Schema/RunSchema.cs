using System.Text.Json.Nodes;

namespace Brink.Runs;

/// <summary>The keys, series and events that runs of every kind share.</summary>
public static class RunSchema
{
    public const string LossSeries = "loss", SharpnessSeries = "sharpness";

    /// <summary>Events: an eigenvalue missed its tolerance; a training or an epoch diverged.</summary>
    public const string NotConvergedEvent = "not_converged", DivergedEvent = "diverged", NotFiniteEvent = "not_finite",
        EngineReplacedEvent = "engine_replaced", RemarkEvent = "remark";

    public static readonly ManifestKey<string?>
        Kind = new("kind"), Name = new("name"), Status = new("status"), Message = new("message"), Experiment = new("experiment"),
        Version = new("version"), Commit = new("commit"), Libtorch = new("libtorch"),
        Platform = new("platform"), Engine = new("engine"), Remark = new("remark"),
        DatasetChecksum = new("dataset_checksum"),
        TestChecksum = new("test_checksum"), ParametersChecksum = new("parameters_checksum");

    /// <summary>The kind of study in runs of format 3, where one is named.</summary>
    public static readonly ManifestKey<string?> Study = new("study");

    public static readonly ManifestKey<DateTimeOffset?> Started = new("started");

    public static readonly ManifestKey<double?> Seconds = new("seconds"), LearningRate = new("learning_rate"), Threshold = new("threshold");

    public static readonly ManifestKey<long?>
        Seed = new("seed"), Threads = new("threads"), Processors = new("processors"), Parameters = new("parameters"), Resumed = new("resumed"),
        LastGoodStep = new("last_good_step");

    /// <summary>The checks of the derivative audit, in float64 against differences and in float32 against float64.</summary>
    public static readonly ManifestKey<JsonNode?> Audit = new("audit"), AuditFloat32 = new("audit_float32");

    /// <summary>SHA-256 of each file that the run left beside its store, by name.</summary>
    public static readonly ManifestKey<IReadOnlyDictionary<string, string>?> Files = new("files");

    /// <summary>Where the first non-finite value of a run occurred.</summary>
    public static readonly ManifestKey<Fault?> Fault = new("fault");

    /// <summary>Values of a series that missed their tolerance are stored again under this name.</summary>
    public static string NotConverged(string series) => series + "_not_converged";
}
