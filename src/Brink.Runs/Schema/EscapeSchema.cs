using System.Text.Json.Nodes;

namespace Brink.Runs;

/// <summary>The manifest keys and curves of a study of escapes from saddles (docs/reference/run-format.md). The process is a method under a
/// condition (<see cref="EscapeRow.Process"/>).</summary>
public static class EscapeSchema
{
    /// <summary>The kind of study in the manifest: a study of escapes from saddles.</summary>
    public const string Kind = "escape";

    /// <summary>Values of <see cref="EscapeRow.Against"/>.</summary>
    public const string Accuracy = "1/eps", Dimension = "dimension";

    /// <summary>Values of <see cref="EscapeRow.Condition"/>.</summary>
    public const string StrongGrowth = "strong-growth", BoundedVariance = "bounded-variance", Noiseless = "noiseless";

    /// <summary>The value of <see cref="Problem"/> for the worst case of the theory.</summary>
    public const string Chain = "chain";

    /// <summary>Value of <see cref="EscapeRow.Method"/>: stochastic gradient descent without perturbations.</summary>
    public const string Sgd = "sgd";

    /// <summary>Curves over the abscissa: median calls, calls of each seed, the fitted law. Logarithms to base 10.</summary>
    public const string Calls = "calls", CallsOfSeed = "calls_of_seed", Fit = "fit";

    /// <summary>Curves of one run: loss, first two coordinates, the strong growth constant, and that constant minus and plus
    /// one standard error.</summary>
    public const string Descent = "descent", Path = "path", Rho = "rho", RhoLow = "rho_low", RhoHigh = "rho_high";

    /// <summary>Name of the problem: chain, sensing, phase or network.</summary>
    public static readonly ManifestKey<string?> Problem = new("escape_problem");

    /// <summary>Number of runs of each method with noise at each accuracy or dimension.</summary>
    public static readonly ManifestKey<long?> Seeds = new("escape_seeds");

    /// <summary>The accuracy of the runs whose paths are stored.</summary>
    public static readonly ManifestKey<double?> Epsilon = new("escape_epsilon");

    /// <summary>Constants of the problem at that accuracy.</summary>
    public static readonly ManifestKey<JsonNode?> Constants = new("escape_constants");

    /// <summary>The result of each method under each condition.</summary>
    public static readonly ManifestKey<IReadOnlyList<EscapeRow>?> Results = new("escape");
}
