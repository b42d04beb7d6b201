using System.Globalization;

namespace Brink.Runs;

/// <summary>The manifest keys, processes, series and curves of a study of BNP (docs/reference/run-format.md).</summary>
public static class BnpSchema
{
    /// <summary>The kind of study in the manifest: a study of batch normalization preconditioning.</summary>
    public const string Kind = "bnp";

    /// <summary>Variants: the plain network, the network with batch norm or group norm, and preconditioned gradients.</summary>
    public const string Vanilla = "vanilla", BatchNorm = "batch-norm", GroupNorm = "group-norm", Bnp = "bnp";

    /// <summary>Name of a series at the evaluations: mean cross-entropy on the first training images.</summary>
    public const string Loss = RunSchema.LossSeries;

    /// <summary>Name of a series at the evaluations: share of the test images that are classified correctly, from 0 to
    /// 1.</summary>
    public const string Accuracy = "accuracy";

    /// <summary>Name of a series at the evaluations: duration of the steps so far in seconds, without evaluations and
    /// measurements.</summary>
    public const string Seconds = "seconds";

    /// <summary>Prefixes of a quantity's name: of the Hessian itself, and of the preconditioned Hessian.</summary>
    public const string Plain = "plain", Preconditioned = "preconditioned";

    /// <summary>Quantities of a Hessian.</summary>
    public const string ConditionNumber = "condition_number", Spread = "spread", Sharpness = RunSchema.SharpnessSeries, Density = "density";

    /// <summary>The result of each variant at each batch size.</summary>
    public static readonly ManifestKey<IReadOnlyList<BnpResult>?> Results = new("bnp");

    /// <summary>Returns the process of a variant at a batch size.</summary>
    public static string Process(string variant, int batch) => string.Create(CultureInfo.InvariantCulture, $"{variant}@{batch}");

    /// <summary>Learning rate and loss on the minibatches of each trial of a process.</summary>
    public static ManifestKey<IReadOnlyList<double[]>?> Trials(string process) => new($"trials {process}");

    /// <summary>Returns the name of a quantity of one of the Hessians.</summary>
    public static string Of(string hessian, string quantity) => $"{hessian}_{quantity}";
}
