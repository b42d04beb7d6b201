namespace Brink.Runs;

/// <summary>The manifest keys, processes, series and curves of a run at the edge of stability (docs/reference/run-format.md).</summary>
public static class EdgeSchema
{
    public const string Kind = "edge";

    /// <summary>Processes: gradient descent, gradient flow, the constrained trajectory and the predictions; the assumptions of the
    /// theory; the system of two variables.</summary>
    public const string Descent = "gd", Flow = "flow", Constrained = "constrained", Predicted = "predicted", Generalized = "generalized",
        Assumptions = "assumptions", Stages = "stages";

    /// <summary>Names of the series of a trajectory. x is the displacement along the first unstable direction; x_2, x_3 and so
    /// on are those along the others.</summary>
    public const string Loss = RunSchema.LossSeries, Sharpness = RunSchema.SharpnessSeries, SharpnessMidpoint = "sharpness_midpoint", Distance = "distance",
        X = "x", Y = "y", SharpnessAverage = "sharpness_average", SharpnessTaylor = "sharpness_taylor";

    /// <summary>Events of a trajectory.</summary>
    public const string InstabilityEvent = "instability", LostEvent = "prediction_lost", RepairedEvent = "orthogonality_repaired";

    public static readonly SeriesKey
        Directions = new(Constrained, "directions"), Held = new(Constrained, "held"), GradientNorm = new(Constrained, "gradient_norm"), TangentialGradientNorm = new(Constrained, "gradient_norm_beside"),
        Alpha = new(Constrained, "alpha"), Beta = new(Constrained, "beta"), DeltaSquared = new(Constrained, "delta_squared"),
        Covariance = new(Constrained, "covariance"), Gamma = new(Constrained, "gamma"), NewtonX = new(Constrained, "newton_x"),
        Multiplier = new(Constrained, "multiplier"), ConstraintError = new(Constrained, "constraint_error"), AlignmentError = new(Constrained, "alignment_error"),
        Rounds = new(Constrained, "rounds"),
        HessianV = new(Assumptions, "hessian_v"), HessianGradient = new(Assumptions, "hessian_gradient"), ThirdV = new(Assumptions, "third_v"),
        ThirdGradient = new(Assumptions, "third_gradient"), Rho3 = new(Assumptions, "rho3"), Rho4 = new(Assumptions, "rho4"),
        StageX = new(Stages, "x"), StageY = new(Stages, "y");

    /// <summary>Names of the curves.</summary>
    public static readonly SeriesKey
        CrossSection = new(Constrained, "cross_section"), BetaFrom = new(Constrained, "beta_from"), Phase = new(Descent, "phase"),
        Orbit = new(Stages, "orbit"), Level = new(Stages, "level");

    /// <summary>The trajectories that were recorded, in the order of their curves in figures.</summary>
    public static readonly ManifestKey<IReadOnlyList<TrajectoryRow>?> Trajectories = new("trajectories");

    public static readonly ManifestKey<long?>
        InstabilityStep = new("instability_step"), TrackedSteps = new("tracked_steps"), ActiveSteps = new("active_steps"), MostDirections = new("most_directions"),
        NotConverged = new("not_converged"), PredictionWindow = new("prediction_window");

    public static readonly ManifestKey<double?>
        MaxConstraintError = new("max_constraint_error"), MaxAlignmentError = new("max_alignment_error"),
        PredictionErrorMean = new("prediction_error_mean"), PredictionErrorMax = new("prediction_error_max"),
        GeneralizedErrorMean = new("generalized_error_mean"), GeneralizedErrorMax = new("generalized_error_max"),
        ProductsPerStep = new("products_per_step"), GradientsPerStep = new("gradients_per_step"), ThirdDerivativesPerStep = new("third_derivatives_per_step");

    /// <summary>Returns the name of a quantity along the n-th direction: x, x_2, x_3, ...</summary>
    public static string Along(string name, int direction) =>
        direction == 1 ? name : name + "_" + direction.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public const string EigenvalueSeries = "eigenvalue";

    /// <summary>The n-th largest eigenvalue on the constrained trajectory, n from 2.</summary>
    public static SeriesKey Eigenvalue(int n) => Eigenvalue(Constrained, n);

    /// <summary>The n-th largest eigenvalue along a process, n from 2.</summary>
    public static SeriesKey Eigenvalue(string process, int n) => new(process, Along(EigenvalueSeries, n));

    /// <summary>The n-th largest eigenvalue at the midpoint of a step of gradient descent, until instability; n from 2.</summary>
    public static SeriesKey EigenvalueMidpoint(int n) => new(Descent, Along(EigenvalueSeries, n) + "_midpoint");
}
