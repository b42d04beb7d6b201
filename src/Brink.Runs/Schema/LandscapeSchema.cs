namespace Brink.Runs;

/// <summary>The manifest keys, series, curves and rasters of a landscape (docs/reference/run-format.md).</summary>
public static class LandscapeSchema
{
    public const string Kind = "landscape";

    private const string Descent = "descent", Bifurcation = "bifurcation", Convergence = "convergence", Law = "law", Network = "network", Portrait = "portrait";

    /// <summary>Values of <see cref="Outcome"/>; any other value means that descent diverged.</summary>
    public const string Converged = "Converged", OutOfSteps = "OutOfSteps";

    /// <summary>Names of the series of the descent, of a network that replaces the scalars, and of the two-variable system.</summary>
    public static readonly SeriesKey
        Loss = new(Descent, RunSchema.LossSeries), Sharpness = new(Descent, RunSchema.SharpnessSeries), Kappa = new(Descent, "kappa"), D = new(Descent, "d"),
        NetworkKappa = new(Network, "kappa"), NetworkX = new(Network, "x"), NetworkLoss = new(Network, RunSchema.LossSeries), Energy = new(Portrait, "energy");

    /// <summary>Curves.</summary>
    public static readonly SeriesKey
        Path = new(Descent, "path"), Drift = new(Descent, "drift"), Exponent = new(Bifurcation, "exponent"), CyclePeriod = new(Bifurcation, "period"),
        LawGap = new(Law, "gap"), LawLine = new(Law, "line"), FinalKappaByStart = new("by_start", "final_kappa"), Oscillation = new(Network, "oscillation"),
        OrbitPeriod = new(Portrait, "period");

    /// <summary>Rasters.</summary>
    public static readonly SeriesKey
        Plane = new(Descent, "plane"), Density = new(Bifurcation, "density"), Steps = new(Convergence, "steps"), FinalKappa = new(Convergence, "final_kappa");

    public static readonly ManifestKey<string?>
        Landscape = new("landscape"), Summary = new("summary"), Outcome = new("outcome"),

        // The quantity of the raster Plane.
        PlaneQuantity = new("plane");

    public static readonly ManifestKey<IReadOnlyList<double>?> Start = new("start"), Thresholds = new("thresholds");

    public static readonly ManifestKey<long?> DescentSteps = new("steps");

    public static readonly ManifestKey<double?>
        FinalLoss = new("final_loss"), FinalSharpness = new("final_sharpness"), ConvergingShare = new("converging_share"),
        LawCoefficient = new("law_coefficient"), LawError = new("law_error"), Period = new("period");
}
