using System.Text.Json.Nodes;

namespace Brink.Runs;

/// <summary>The manifest keys and curves of an inspection (docs/reference/run-format.md).</summary>
public static class InspectionSchema
{
    public const string Kind = "inspection";

    /// <summary>The process of all curves.</summary>
    public const string Spectrum = "spectrum";

    /// <summary>Curves of densities: over the eigenvalue, and over the decades of positive and of negative eigenvalues.</summary>
    public const string Density = "density", Positive = "positive", Negative = "negative";

    /// <summary>Eigenvalues by their number, counted from the end of the spectrum.</summary>
    public static readonly SeriesKey TopCurve = new(Spectrum, "top"), BottomCurve = new(Spectrum, "bottom");

    public static readonly ManifestKey<double?>
        Loss = new("loss"), GradientNorm = new("gradient_norm"), Sharpness = new("sharpness"), LargestStableStep = new("largest_stable_step"),
        EffectiveRank = new("effective_rank"), ParticipationRank = new("participation_rank"),
        ConditionNumber = new("condition_number");

    /// <summary>Largest eigenvalues in descending order; smallest eigenvalues in ascending order.</summary>
    public static readonly ManifestKey<IReadOnlyList<EigenvalueBound>?> Top = new("top"), Bottom = new("bottom");

    public static readonly ManifestKey<TraceRow?> Trace = new("trace"), TraceOfSquare = new("trace_of_square");

    public static readonly ManifestKey<IReadOnlyList<LayerRow>?> Layers = new("layers");

    public static readonly ManifestKey<IReadOnlyList<AdviceRow>?> Advice = new("advice");

    public static readonly ManifestKey<WarmUpRow?> WarmUp = new("warm_up");

    /// <summary>Number of Hessian products of the whole inspection.</summary>
    public static readonly ManifestKey<long?> Products = new("products");

    /// <summary>The check of the derivatives against the loss.</summary>
    public static readonly ManifestKey<JsonNode?> Check = new("check");

    /// <summary>Returns the name of the curve of a density minus, or plus, one standard error.</summary>
    public static string Lower(string density) => density + "_low";

    /// <inheritdoc cref="Lower"/>
    public static string Upper(string density) => density + "_high";
}
