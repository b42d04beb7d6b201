using System.Text.Json.Nodes;

namespace Brink.Runs;

/// <summary>The keys, series and events that all kinds of runs share.</summary>
public static class RunSchema
{
    public const string LossSeries = "loss", SharpnessSeries = "sharpness";

    /// <summary>Events: an eigenvalue missed its tolerance; a training or an epoch diverged; a value was not finite; autograd
    /// replaced the chosen engine; a remark.</summary>
    public const string NotConvergedEvent = "not_converged", DivergedEvent = "diverged", NotFiniteEvent = "not_finite",
        EngineReplacedEvent = "engine_replaced", RemarkEvent = "remark";

    public static readonly ManifestKey<string?>
        Kind = new("kind"), Name = new("name"), Status = new("status"), Message = new("message"), Experiment = new("experiment"),
        Version = new("version"), Commit = new("commit"), Libtorch = new("libtorch"),
        Platform = new("platform"), Engine = new("engine"), Remark = new("remark"),
        DatasetChecksum = new("dataset_checksum"),
        TestChecksum = new("test_checksum"), ParametersChecksum = new("parameters_checksum");

    /// <summary>The kind of study in runs of format 3 that name one.</summary>
    public static readonly ManifestKey<string?> Study = new("study");

    public static readonly ManifestKey<DateTimeOffset?> Started = new("started");

    public static readonly ManifestKey<double?> Seconds = new("seconds"), LearningRate = new("learning_rate"), Threshold = new("threshold");

    public static readonly ManifestKey<long?>
        Seed = new("seed"), Threads = new("threads"), Processors = new("processors"), Parameters = new("parameters"), Resumed = new("resumed"),
        LastGoodStep = new("last_good_step");

    /// <summary>The checks of the derivative audit: float64 against differences, and float32 against float64.</summary>
    public static readonly ManifestKey<JsonNode?> Audit = new("audit"), AuditFloat32 = new("audit_float32");

    /// <summary>SHA-256 of each file that the run left next to its store, by name.</summary>
    public static readonly ManifestKey<IReadOnlyDictionary<string, string>?> Files = new("files");

    /// <summary>The first non-finite value of a run.</summary>
    public static readonly ManifestKey<Fault?> Fault = new("fault");

    /// <summary>Returns the name under which values of a series that missed their tolerance are stored again.</summary>
    public static string NotConverged(string series) => series + "_not_converged";
}
