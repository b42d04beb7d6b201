namespace Brink.Runs;

/// <summary>The manifest keys, processes, series and curves of a run at the edge of stability (docs/reference/run-format.md).</summary>
public static class EdgeSchema
{
    /// <summary>The kind of study in the manifest: a run at the edge of stability.</summary>
    public const string Kind = "edge";

    /// <summary>Processes: gradient descent, gradient flow, the constrained trajectory and the predictions; the assumptions of the
    /// theory; the system of two variables.</summary>
    public const string Descent = "gd", Flow = "flow", Constrained = "constrained", Predicted = "predicted", Generalized = "generalized",
        Assumptions = "assumptions", Stages = "stages";

    /// <summary>Names of the series of a trajectory. x is the displacement along the first unstable direction; x_2, x_3 and so
    /// on are those along the others.</summary>
    public const string Loss = RunSchema.LossSeries, Sharpness = RunSchema.SharpnessSeries,
        SharpnessMidpoint = "sharpness_midpoint", Distance = "distance", X = "x", Y = "y",
        SharpnessAverage = "sharpness_average", SharpnessTaylor = "sharpness_taylor";

    /// <summary>Name of a series of a training under a policy: the rate of its next step, as a multiple of its first
    /// one.</summary>
    public const string Multiple = SteeringSchema.Multiple;

    /// <summary>Events of a trajectory.</summary>
    public const string InstabilityEvent = "instability", LostEvent = "prediction_lost", RepairedEvent = "orthogonality_repaired",
        PrecisionEvent = "product_precision";

    /// <summary>Number k of directions in the frame of the constrained trajectory.</summary>
    public static readonly SeriesKey Directions = new(Constrained, "directions");

    /// <summary>Number of eigenvalues that the projection held at 2/eta.</summary>
    public static readonly SeriesKey Held = new(Constrained, "held");

    /// <summary>Norm of the gradient on the constrained trajectory.</summary>
    public static readonly SeriesKey GradientNorm = new(Constrained, "gradient_norm");

    /// <summary>Norm of the gradient without its components along u_1 and grad-perp S.</summary>
    public static readonly SeriesKey TangentialGradientNorm = new(Constrained, "gradient_norm_beside");

    /// <summary>Progressive sharpening, alpha = -grad L . grad-perp S, of the first direction.</summary>
    public static readonly SeriesKey Alpha = new(Constrained, "alpha");

    /// <summary>Self-stabilization, beta = ||grad-perp S||^2, of the first direction.</summary>
    public static readonly SeriesKey Beta = new(Constrained, "beta");

    /// <summary>delta^2 = 2 alpha / beta of the first direction; negative where the gradient lowers the sharpness.</summary>
    public static readonly SeriesKey DeltaSquared = new(Constrained, "delta_squared");

    /// <summary>Trace of Sigma, the mean of x x^T over an oscillation that keeps the eigenvalues constant; delta^2 where one
    /// direction is held.</summary>
    public static readonly SeriesKey Covariance = new(Constrained, "covariance");

    /// <summary>Cosine of the angle between -grad L and grad-perp S of the first direction.</summary>
    public static readonly SeriesKey Gamma = new(Constrained, "gamma");

    /// <summary>Distance of the minimum along u_1 to first order, u_1 . g / S.</summary>
    public static readonly SeriesKey NewtonX = new(Constrained, "newton_x");

    /// <summary>Amount by which the projection lowered the linearised eigenvalues, summed over the directions.</summary>
    public static readonly SeriesKey Multiplier = new(Constrained, "multiplier");

    /// <summary>Error of the constraint relative to 2/eta: |S - 2/eta| where it is active, otherwise the excess of S over
    /// 2/eta, or 0.</summary>
    public static readonly SeriesKey ConstraintError = new(Constrained, "constraint_error");

    /// <summary>Norm of the gradient along the directions, relative to the norm of the gradient: ||U g|| / ||g||.</summary>
    public static readonly SeriesKey AlignmentError = new(Constrained, "alignment_error");

    /// <summary>Number of linear projections that led to the point.</summary>
    public static readonly SeriesKey Rounds = new(Constrained, "rounds");

    /// <summary>Assumption of the theory: |v . H v| / S, where v is the unit displacement of gradient descent, orthogonal to
    /// the directions.</summary>
    public static readonly SeriesKey HessianV = new(Assumptions, "hessian_v");

    /// <summary>Assumption of the theory: |g . H g| / S, where g is the unit gradient, orthogonal to the directions.</summary>
    public static readonly SeriesKey HessianGradient = new(Assumptions, "hessian_gradient");

    /// <summary>Assumption of the theory: ||D3L(v,v)|| / rho3, with the v of <see cref="HessianV"/>.</summary>
    public static readonly SeriesKey ThirdV = new(Assumptions, "third_v");

    /// <summary>Assumption of the theory: ||D3L(g,g)|| / rho3, with the g of <see cref="HessianGradient"/>.</summary>
    public static readonly SeriesKey ThirdGradient = new(Assumptions, "third_gradient");

    /// <summary>Largest |D3L(w,w,w)| found over unit vectors w: a lower bound of the norm.</summary>
    public static readonly SeriesKey Rho3 = new(Assumptions, "rho3");

    /// <summary>Largest |D4L(w,w,w,w)| found over unit vectors w: a lower bound of the norm.</summary>
    public static readonly SeriesKey Rho4 = new(Assumptions, "rho4");

    /// <summary>The variable x of the two-variable system, in units of delta.</summary>
    public static readonly SeriesKey StageX = new(Stages, "x");

    /// <summary>The variable y of the two-variable system, in units of delta sqrt(beta).</summary>
    public static readonly SeriesKey StageY = new(Stages, "y");

    /// <summary>Names of the curves.</summary>
    public static readonly SeriesKey
        CrossSection = new(Constrained, "cross_section"), BetaFrom = new(Constrained, "beta_from"), Phase = new(Descent, "phase"),
        Orbit = new(Stages, "orbit"), Level = new(Stages, "level");

    /// <summary>The trajectories that were recorded, in the order of their curves in figures.</summary>
    public static readonly ManifestKey<IReadOnlyList<TrajectoryRow>?> Trajectories = new("trajectories");

    /// <summary>Step at which the sharpness reached 2/eta, counted from the initial parameters.</summary>
    public static readonly ManifestKey<long?> InstabilityStep = new("instability_step");

    /// <summary>Number of steps of the tracked phase, which begins at <see cref="InstabilityStep"/>.</summary>
    public static readonly ManifestKey<long?> TrackedSteps = new("tracked_steps");

    /// <summary>Number of recorded states of the tracked phase at which the constraint was active.</summary>
    public static readonly ManifestKey<long?> ActiveSteps = new("active_steps");

    /// <summary>Largest number of directions in the frame of the constrained trajectory.</summary>
    public static readonly ManifestKey<long?> MostDirections = new("most_directions");

    /// <summary>Number of projections and measurements of the tracked phase that did not converge.</summary>
    public static readonly ManifestKey<long?> NotConverged = new("not_converged");

    /// <summary>Number of the first tracked steps that the errors of the predictions cover.</summary>
    public static readonly ManifestKey<long?> PredictionWindow = new("prediction_window");

    /// <summary>Largest <see cref="ConstraintError"/> over the states with an active constraint, relative to 2/eta.</summary>
    public static readonly ManifestKey<double?> MaxConstraintError = new("max_constraint_error");

    /// <summary>Rounding of a float32 product with the first direction, relative to the product in float64; it bounds the error
    /// of the sharpness, relative to it.</summary>
    public static readonly SeriesKey ProductRounding = new(Constrained, "product_rounding");

    /// <summary>Precision of the Hessian products and third derivatives: float64 or float32.</summary>
    public static readonly ManifestKey<string?> ProductPrecision = new("product_precision");

    /// <summary>Largest <see cref="ProductRounding"/> that was measured; null where products are float64.</summary>
    public static readonly ManifestKey<double?> MaxProductRounding = new("max_product_rounding");

    /// <summary>Largest <see cref="AlignmentError"/> over the states with an active constraint.</summary>
    public static readonly ManifestKey<double?> MaxAlignmentError = new("max_alignment_error");

    /// <summary>Mean distance of the predicted sharpness from that of gradient descent, relative to 2/eta, over
    /// <see cref="PredictionWindow"/>.</summary>
    public static readonly ManifestKey<double?> PredictionErrorMean = new("prediction_error_mean");

    /// <summary>Largest distance of the predicted sharpness from that of gradient descent, relative to 2/eta, over
    /// <see cref="PredictionWindow"/>.</summary>
    public static readonly ManifestKey<double?> PredictionErrorMax = new("prediction_error_max");

    /// <summary>The mean error of the generalized prediction, measured as <see cref="PredictionErrorMean"/>.</summary>
    public static readonly ManifestKey<double?> GeneralizedErrorMean = new("generalized_error_mean");

    /// <summary>The largest error of the generalized prediction, measured as <see cref="PredictionErrorMax"/>.</summary>
    public static readonly ManifestKey<double?> GeneralizedErrorMax = new("generalized_error_max");

    /// <summary>Mean number of Hessian products per tracked step, with those for recording the trajectories.</summary>
    public static readonly ManifestKey<double?> ProductsPerStep = new("products_per_step");

    /// <summary>Mean number of gradients per tracked step, with those for recording the trajectories; an expansion counts as a
    /// gradient.</summary>
    public static readonly ManifestKey<double?> GradientsPerStep = new("gradients_per_step");

    /// <summary>Mean number of third derivatives per tracked step, with those for recording the trajectories.</summary>
    public static readonly ManifestKey<double?> ThirdDerivativesPerStep = new("third_derivatives_per_step");

    /// <summary>Returns the name of a quantity along the n-th direction: x, x_2, x_3, ...</summary>
    public static string Along(string name, int direction) =>
        direction == 1 ? name : name + "_" + direction.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The name of the series of eigenvalues, without the number of the eigenvalue.</summary>
    public const string EigenvalueSeries = "eigenvalue";

    /// <summary>The n-th largest eigenvalue on the constrained trajectory, n from 2.</summary>
    public static SeriesKey Eigenvalue(int n) => Eigenvalue(Constrained, n);

    /// <summary>The n-th largest eigenvalue along a process, n from 2.</summary>
    public static SeriesKey Eigenvalue(string process, int n) => new(process, Along(EigenvalueSeries, n));

    /// <summary>The n-th largest eigenvalue at the midpoint of a step of gradient descent, until instability; n from 2.</summary>
    public static SeriesKey EigenvalueMidpoint(int n) => new(Descent, Along(EigenvalueSeries, n) + "_midpoint");
}
