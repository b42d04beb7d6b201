using System.Text.Json.Nodes;

namespace Brink.Runs;

/// <summary>The manifest keys and curves of an inspection (docs/reference/run-format.md).</summary>
public static class InspectionSchema
{
    /// <summary>The kind of study in the manifest: an inspection.</summary>
    public const string Kind = "inspection";

    /// <summary>The process of all curves.</summary>
    public const string Spectrum = "spectrum";

    /// <summary>Curves of densities: over the eigenvalue, and over the decades of positive and of negative eigenvalues.</summary>
    public const string Density = "density", Positive = "positive", Negative = "negative";

    /// <summary>Eigenvalues by their number, counted from the end of the spectrum.</summary>
    public static readonly SeriesKey TopCurve = new(Spectrum, "top"), BottomCurve = new(Spectrum, "bottom");

    /// <summary>Loss at the inspected point.</summary>
    public static readonly ManifestKey<double?> Loss = new("loss");

    /// <summary>Norm of the gradient at the inspected point.</summary>
    public static readonly ManifestKey<double?> GradientNorm = new("gradient_norm");

    /// <summary>Sharpness S: the largest eigenvalue of the Hessian.</summary>
    public static readonly ManifestKey<double?> Sharpness = new("sharpness");

    /// <summary>Largest stable learning rate of gradient descent, 2/S; infinite if no curvature is positive.</summary>
    public static readonly ManifestKey<double?> LargestStableStep = new("largest_stable_step");

    /// <summary>Effective rank tr |H| / max |lambda|. Like the other numbers of a density, it is written only where a density
    /// was requested.</summary>
    public static readonly ManifestKey<double?> EffectiveRank = new("effective_rank");

    /// <summary>Participation rank (tr H)^2 / tr H^2.</summary>
    public static readonly ManifestKey<double?> ParticipationRank = new("participation_rank");

    /// <summary>Condition number outside the null space: largest over smallest magnitude of the eigenvalues above 1e-6 of the
    /// largest.</summary>
    public static readonly ManifestKey<double?> ConditionNumber = new("condition_number");

    /// <summary>Largest eigenvalues in descending order; smallest eigenvalues in ascending order.</summary>
    public static readonly ManifestKey<IReadOnlyList<EigenvalueBound>?> Top = new("top"), Bottom = new("bottom");

    /// <summary>Trace of the Hessian.</summary>
    public static readonly ManifestKey<TraceRow?> Trace = new("trace");

    /// <summary>Trace of the square of the Hessian.</summary>
    public static readonly ManifestKey<TraceRow?> TraceOfSquare = new("trace_of_square");

    /// <summary>The share of each layer in the spectrum, in the order of the parameters.</summary>
    public static readonly ManifestKey<IReadOnlyList<LayerRow>?> Layers = new("layers");

    /// <summary>The largest stable step of each optimizer.</summary>
    public static readonly ManifestKey<IReadOnlyList<AdviceRow>?> Advice = new("advice");

    /// <summary>The advice on a warm-up of the learning rate.</summary>
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
