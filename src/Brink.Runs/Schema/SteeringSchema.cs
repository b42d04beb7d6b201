using System.Globalization;

namespace Brink.Runs;

/// <summary>The manifest keys, processes and series of a comparison of learning-rate policies (docs/reference/run-format.md).</summary>
public static class SteeringSchema
{
    /// <summary>The kind of study in the manifest: a comparison of learning-rate policies.</summary>
    public const string Kind = "steering";

    /// <summary>The policy whose trainings the others are measured by.</summary>
    public const string Constant = "constant";

    /// <summary>Name of a series over gradients: loss of all training samples.</summary>
    public const string Loss = RunSchema.LossSeries;

    /// <summary>Name of a series over gradients: the rate of the next step, as a multiple of that of the training.</summary>
    public const string Multiple = "multiple";

    /// <summary>Event: a step was undone.</summary>
    public const string UndoneEvent = "undone";

    /// <summary>The end of each training.</summary>
    public static readonly ManifestKey<IReadOnlyList<SteeringResult>?> Results = new("results");

    /// <summary>The critical rate at the start by seed: 2/S, in the metric of the update rule.</summary>
    public static readonly ManifestKey<IReadOnlyList<double>?> CriticalRates = new("critical_rates");

    /// <summary>The target loss by seed: the lowest that a constant rate reaches in two thirds of the gradients; null where every
    /// constant rate diverged.</summary>
    public static readonly ManifestKey<IReadOnlyList<double?>?> Targets = new("target_losses");

    /// <summary>The multiple of the critical rate by seed that reaches the target first at a constant rate.</summary>
    public static readonly ManifestKey<IReadOnlyList<double?>?> BestMultiples = new("best_multiples");

    /// <summary>Returns the process of a training.</summary>
    public static string Process(string policy, double multiple, long seed) => string.Create(
        CultureInfo.InvariantCulture, $"{policy}@{multiple:R}#{seed}");
}
