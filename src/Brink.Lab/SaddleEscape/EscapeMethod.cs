using Brink.Dynamics;
using Brink.Optimizers.SaddleEscape;
using Brink.Runs;

namespace Brink.Lab;

/// <summary>A method of the escape study; the accuracy determines its parameters.</summary>
/// <param name="Name">Name on the page.</param>
/// <param name="Condition">Condition on the noise: strong-growth, bounded-variance, or noiseless.</param>
/// <param name="Theory">The exponent of 1/eps, or of the dimension, that the theory gives; null where it
/// gives no exponent.</param>
internal abstract record EscapeMethod(string Name, string Condition, double? Theory)
{
    public const string StrongGrowth = EscapeSchema.StrongGrowth, BoundedVariance = EscapeSchema.BoundedVariance,
        Noiseless = EscapeSchema.Noiseless;

    /// <summary>Methods that are measured against the accuracy.</summary>
    public static readonly IReadOnlyList<EscapeMethod> FirstAndSecondOrder =
    [
        new Sgd("psgd", StrongGrowth, 2, PerturbedSgdParameters.UnderStrongGrowth),
        new Sgd("psgd-rest", StrongGrowth, 2, (constants, epsilon) =>
            PerturbedSgdParameters.UnderStrongGrowth(constants, epsilon).WithNoiseCondition(constants, epsilon, delta: 0.1)),
        new Sgd("psgd", BoundedVariance, 4, PerturbedSgdParameters.WithoutStrongGrowth),
        new Newton("scrn", StrongGrowth, 2.5, CubicNewtonParameters.UnderStrongGrowth),
        new Newton("scrn", BoundedVariance, 3.5, CubicNewtonParameters.WithoutStrongGrowth),
        new Sgd("sgd", StrongGrowth, null, (constants, epsilon) =>
            PerturbedSgdParameters.UnderStrongGrowth(constants, epsilon) with { Radius = 0 }),
        new Sgd("sgd", BoundedVariance, 4, (constants, epsilon) =>
            PerturbedSgdParameters.WithoutStrongGrowth(constants, epsilon) with { Radius = 0 }),
        new Newton("cubic-newton", Noiseless, 1.5, CubicNewtonParameters.Deterministic),
    ];

    /// <summary>Methods that are measured against the dimension; all but two coordinates have curvature L_G.</summary>
    public static readonly IReadOnlyList<EscapeMethod> ZerothOrder =
    [
        new Sgd("zpsgd", StrongGrowth, 1, (constants, epsilon) =>
            PerturbedSgdParameters.UnderStrongGrowth(constants.Smoothed(), epsilon)) { Smoothed = true },
        new Newton("zscrn", StrongGrowth, 3, (constants, epsilon) =>
            CubicNewtonParameters.ZerothOrder(constants, epsilon, constants.Dimension * constants.LipschitzGradient))
        {
            Smoothed = true,
        },
    ];

    /// <summary>True where the method sees values only.</summary>
    public bool Smoothed { get; init; }

    /// <summary>Name of the process in the run store.</summary>
    public string Process => $"{Name}-{Condition}";

    /// <summary>Returns the steps that the theory gives, up to constants and logarithms.</summary>
    public abstract double Steps(ProblemConstants constants, double epsilon);

    /// <summary>Runs until an observer gives a reason.</summary>
    public abstract LoopEnd Run(
        IStochasticObjective objective,
        ProblemConstants constants,
        double epsilon,
        Tensor start,
        long most,
        Generator generator,
        Func<long, Tensor, string?> observe,
        CancellationToken cancellation);

    private protected IStochasticObjective Oracle(IStochasticObjective objective, ProblemConstants constants, double epsilon) =>
        Smoothed ? new GaussianSmoothing(objective, GaussianSmoothing.RadiusFor(constants, epsilon)) : objective;

    private sealed record Sgd(
        string Name, string Condition, double? Theory, Func<ProblemConstants, double, PerturbedSgdParameters> Parameters)
        : EscapeMethod(Name, Condition, Theory)
    {
        public override double Steps(ProblemConstants constants, double epsilon) =>
            constants.LipschitzGradient * constants.Decrease / (epsilon * epsilon);

        public override LoopEnd Run(
            IStochasticObjective objective, ProblemConstants constants, double epsilon, Tensor start, long most,
            Generator generator, Func<long, Tensor, string?> observe, CancellationToken cancellation) => Loop.Run(
                new PerturbedSgd(Oracle(objective, constants, epsilon), Parameters(constants, epsilon), generator),
                start, most, [(step, state) => observe(step, state.Theta)], cancellation);
    }

    private sealed record Newton(
        string Name, string Condition, double? Theory, Func<ProblemConstants, double, CubicNewtonParameters> Parameters)
        : EscapeMethod(Name, Condition, Theory)
    {
        public override double Steps(ProblemConstants constants, double epsilon) =>
            Math.Sqrt(constants.LipschitzHessian) * constants.Decrease / Math.Pow(epsilon, 1.5);

        public override LoopEnd Run(
            IStochasticObjective objective, ProblemConstants constants, double epsilon, Tensor start, long most,
            Generator generator, Func<long, Tensor, string?> observe, CancellationToken cancellation) => Loop.Run(
                new CubicNewton(Oracle(objective, constants, epsilon), Parameters(constants, epsilon), generator),
                start, most, [(step, state) => observe(step, state.Theta)], cancellation);
    }
}
