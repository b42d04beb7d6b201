using System.Text.Json.Nodes;

namespace Brink.Runs;

/// <summary>The keys, series and events that all kinds of runs share.</summary>
public static class RunSchema
{
    /// <summary>Names of the series of the loss and of the sharpness.</summary>
    public const string LossSeries = "loss", SharpnessSeries = "sharpness";

    /// <summary>Events: an eigenvalue missed its tolerance; a training or an epoch diverged; a value was not finite; autograd
    /// replaced the chosen engine; a remark; the settings of a branch changed.</summary>
    public const string NotConvergedEvent = "not_converged", DivergedEvent = "diverged", NotFiniteEvent = "not_finite",
        EngineReplacedEvent = "engine_replaced", RemarkEvent = "remark", ForkedEvent = "forked";

    /// <summary>Kind of study.</summary>
    public static readonly ManifestKey<string?> Kind = new("kind");

    /// <summary>Name of the run.</summary>
    public static readonly ManifestKey<string?> Name = new("name");

    /// <summary>Status of the run: a name of <see cref="RunStatus"/>.</summary>
    public static readonly ManifestKey<string?> Status = new("status");

    /// <summary>Reason for the status, in one line.</summary>
    public static readonly ManifestKey<string?> Message = new("message");

    /// <summary>All settings of the run: the text of experiment.yaml, or one line for each setting.</summary>
    public static readonly ManifestKey<string?> Experiment = new("experiment");

    /// <summary>Version of Brink that computed the run.</summary>
    public static readonly ManifestKey<string?> Version = new("version");

    /// <summary>Commit of that version; null if it is not known.</summary>
    public static readonly ManifestKey<string?> Commit = new("commit");

    /// <summary>Version of libtorch.</summary>
    public static readonly ManifestKey<string?> Libtorch = new("libtorch");

    /// <summary>Operating system, processor architecture and .NET version.</summary>
    public static readonly ManifestKey<string?> Platform = new("platform");

    /// <summary>Engine that differentiated the loss.</summary>
    public static readonly ManifestKey<string?> Engine = new("engine");

    /// <summary>Warnings about the numbers of the run.</summary>
    public static readonly ManifestKey<string?> Remark = new("remark");

    /// <summary>SHA-256 of the training data in use, in hexadecimal; for a file of samples, of the file.</summary>
    public static readonly ManifestKey<string?> DatasetChecksum = new("dataset_checksum");

    /// <summary>SHA-256 of the test data, in hexadecimal.</summary>
    public static readonly ManifestKey<string?> TestChecksum = new("test_checksum");

    /// <summary>SHA-256 of the file of initial parameters, in hexadecimal.</summary>
    public static readonly ManifestKey<string?> ParametersChecksum = new("parameters_checksum");

    /// <summary>The kind of study in runs of format 3 that name one.</summary>
    public static readonly ManifestKey<string?> Study = new("study");

    /// <summary>Time at which the run started, in UTC.</summary>
    public static readonly ManifestKey<DateTimeOffset?> Started = new("started");

    /// <summary>Duration of the run in seconds, over all processes that computed it.</summary>
    public static readonly ManifestKey<double?> Seconds = new("seconds");

    /// <summary>Largest resident memory of the process that ended the run, in megabytes.</summary>
    public static readonly ManifestKey<long?> PeakMemoryMb = new("peak_memory_mb");

    /// <summary>Learning rate eta of a landscape.</summary>
    public static readonly ManifestKey<double?> LearningRate = new("learning_rate");

    /// <summary>Threshold of stability, 2/eta.</summary>
    public static readonly ManifestKey<double?> Threshold = new("threshold");

    /// <summary>Seed of the random draws.</summary>
    public static readonly ManifestKey<long?> Seed = new("seed");

    /// <summary>Number of threads of libtorch.</summary>
    public static readonly ManifestKey<long?> Threads = new("threads");

    /// <summary>Number of processes that shared the samples, the last time that the run was started; absent for one.</summary>
    public static readonly ManifestKey<long?> Ranks = new("ranks");

    /// <summary>The MPI library between them.</summary>
    public static readonly ManifestKey<string?> Mpi = new("mpi");

    /// <summary>Number of processors of the machine.</summary>
    public static readonly ManifestKey<long?> Processors = new("processors");

    /// <summary>Number of trainable parameters.</summary>
    public static readonly ManifestKey<long?> Parameters = new("parameters");

    /// <summary>Number of times that the run was resumed.</summary>
    public static readonly ManifestKey<long?> Resumed = new("resumed");

    /// <summary>Step of the parameters in last-good.safetensors.</summary>
    public static readonly ManifestKey<long?> LastGoodStep = new("last_good_step");

    /// <summary>The checks of the derivative audit: float64 against differences, and float32 against float64.</summary>
    public static readonly ManifestKey<JsonNode?> Audit = new("audit"), AuditFloat32 = new("audit_float32");

    /// <summary>SHA-256 of each file that the run left next to its store, by name.</summary>
    public static readonly ManifestKey<IReadOnlyDictionary<string, string>?> Files = new("files");

    /// <summary>The run that this run is a branch of, and where; null for a run from its own beginning.</summary>
    public static readonly ManifestKey<Lineage?> ForkedFrom = new("forked_from");

    /// <summary>The first non-finite value of a run.</summary>
    public static readonly ManifestKey<Fault?> Fault = new("fault");

    /// <summary>Returns the name under which values of a series that missed their tolerance are stored again.</summary>
    public static string NotConverged(string series) => series + "_not_converged";
}
