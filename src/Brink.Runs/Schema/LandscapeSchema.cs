namespace Brink.Runs;

/// <summary>The manifest keys, series, curves and rasters of a landscape (docs/reference/run-format.md).</summary>
public static class LandscapeSchema
{
    /// <summary>The kind of study in the manifest: a landscape.</summary>
    public const string Kind = "landscape";

    private const string Descent = "descent", Bifurcation = "bifurcation", Convergence = "convergence", Law = "law",
        Network = "network", Portrait = "portrait";

    /// <summary>Values of <see cref="Outcome"/>; any other value means that descent diverged.</summary>
    public const string Converged = "Converged", OutOfSteps = "OutOfSteps";

    /// <summary>Names of the series of the descent, of a network that replaces the scalars, and of the two-variable system.</summary>
    public static readonly SeriesKey
        Loss = new(Descent, RunSchema.LossSeries), Sharpness = new(Descent, RunSchema.SharpnessSeries),
        Kappa = new(Descent, "kappa"), D = new(Descent, "d"),
        NetworkKappa = new(Network, "kappa"), NetworkX = new(Network, "x"), NetworkLoss = new(Network, RunSchema.LossSeries),
        Energy = new(Portrait, "energy");

    /// <summary>Curves.</summary>
    public static readonly SeriesKey
        Path = new(Descent, "path"), Drift = new(Descent, "drift"),
        Exponent = new(Bifurcation, "exponent"), CyclePeriod = new(Bifurcation, "period"),
        LawGap = new(Law, "gap"), LawLine = new(Law, "line"), FinalKappaByStart = new("by_start", "final_kappa"),
        Oscillation = new(Network, "oscillation"), OrbitPeriod = new(Portrait, "period");

    /// <summary>Rasters.</summary>
    public static readonly SeriesKey
        Plane = new(Descent, "plane"), Density = new(Bifurcation, "density"), Steps = new(Convergence, "steps"),
        FinalKappa = new(Convergence, "final_kappa");

    /// <summary>Name of the landscape.</summary>
    public static readonly ManifestKey<string?> Landscape = new("landscape");

    /// <summary>Description of the landscape in one line.</summary>
    public static readonly ManifestKey<string?> Summary = new("summary");

    /// <summary>Reason for the end of the descent: Converged, OutOfSteps or Diverged.</summary>
    public static readonly ManifestKey<string?> Outcome = new("outcome");

    /// <summary>Label of the values in the raster <see cref="Plane"/>: the loss, or its logarithm to base 10 where it is
    /// nowhere negative.</summary>
    public static readonly ManifestKey<string?> PlaneQuantity = new("plane");

    /// <summary>First point of the descent, float64 vector of shape [p].</summary>
    public static readonly ManifestKey<IReadOnlyList<double>?> Start = new("start");

    /// <summary>Values of kappa, in ascending order, at which the behaviour of d changes in the limit of small learning
    /// rates.</summary>
    public static readonly ManifestKey<IReadOnlyList<double>?> Thresholds = new("thresholds");

    /// <summary>Number of steps of the descent.</summary>
    public static readonly ManifestKey<long?> DescentSteps = new("steps");

    /// <summary>Loss at the last point of the descent.</summary>
    public static readonly ManifestKey<double?> FinalLoss = new("final_loss");

    /// <summary>Sharpness at the last point of the descent.</summary>
    public static readonly ManifestKey<double?> FinalSharpness = new("final_sharpness");

    /// <summary>Share of the starting points in the convergence map from which descent converges, from 0 to 1.</summary>
    public static readonly ManifestKey<double?> ConvergingShare = new("converging_share");

    /// <summary>Gap (2/eta - S) / eta between 2/eta and the final sharpness S, extrapolated to eta = 0.</summary>
    public static readonly ManifestKey<double?> LawCoefficient = new("law_coefficient");

    /// <summary>Standard error of <see cref="LawCoefficient"/>.</summary>
    public static readonly ManifestKey<double?> LawError = new("law_error");

    /// <summary>Period of small closed orbits of the two-variable system, 2 pi / (eta sqrt(2 alpha)), in steps.</summary>
    public static readonly ManifestKey<double?> Period = new("period");
}
