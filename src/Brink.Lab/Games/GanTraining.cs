using Brink.Games;
using Brink.Runs;
using Brink.Zoo.Games;

namespace Brink.Lab;

/// <summary>Settings of a meta-training on GANs that generate 16 Gaussians.</summary>
/// <param name="Loss">Meta-loss to minimise.</param>
/// <param name="Width">Hidden units of generator and discriminator.</param>
/// <param name="Depth">Hidden layers of both.</param>
/// <param name="Latent">Length of the latent vector of a sample.</param>
/// <param name="Samples">Samples of a step.</param>
/// <param name="StepLength">Length of a move in each parameter.</param>
/// <param name="Batch">GANs that are trained together.</param>
/// <param name="Epochs">Batches of GANs.</param>
/// <param name="LevelEpochs">Epochs before each longer horizon.</param>
/// <param name="ShortestHorizon">Steps of play at first.</param>
/// <param name="LongestHorizon">Largest number of steps of play.</param>
/// <param name="Hidden">Hidden units of the optimizer.</param>
/// <param name="UnrollLength">Steps that are differentiated together.</param>
/// <param name="Reach">Largest coefficient.</param>
/// <param name="Corrected">True: the network starts as a known rule, consensus optimisation of strength 1/5, n = (xi + J^T
/// xi/5)/2; false: with random weights.</param>
/// <param name="LearningRate">Initial learning rate of Adam.</param>
/// <param name="ValidateEvery">Epochs between validations.</param>
/// <param name="ValidationGans">Number of GANs that decide which weights are kept.</param>
/// <param name="ValidationSteps">Steps of play of these GANs.</param>
/// <param name="ValidationSeed">Seed of the first of these GANs.</param>
/// <param name="Seed">Seed of everything else.</param>
public sealed record GanTraining(
    SampledLossKind Loss = SampledLossKind.Shortfall,
    int Width = 32,
    int Depth = 2,
    int Latent = 16,
    int Samples = 128,
    double StepLength = 2e-3,
    int Batch = 4,
    int Epochs = 8,
    int LevelEpochs = 4,
    int ShortestHorizon = 200,
    int LongestHorizon = 300,
    int Hidden = 16,
    int UnrollLength = 10,
    double Reach = 1,
    bool Corrected = true,
    double LearningRate = 1e-4,
    int ValidateEvery = 4,
    int ValidationGans = 3,
    int ValidationSteps = 3000,
    long ValidationSeed = 20230,
    long Seed = 1)
    : OptimizerTraining(Epochs, Hidden, ValidateEvery, Seed)
{
    // Coefficients of xi, -A^T xi and -S xi: the rule that covers most modes of those that were tried.
    private static readonly double[] Rule = [0.5, -0.1, -0.1];

    private static readonly int[] PublishedHorizons = [50, 100, 200, 500, 1000, 2000, 5000, 10000];

    /// <summary>The settings of Chen et al. (2023) except the size of the GANs: their loss, and a longer horizon every 20
    /// epochs.</summary>
    public static GanTraining Published { get; } = new(
        SampledLossKind.StabilityAware, Samples: 256, StepLength: 9e-5, Batch: 1, Epochs: 160, LevelEpochs: 20,
        ShortestHorizon: 50, LongestHorizon: 10000,
        Hidden: LearnedOptimizer.PublishedHidden, Corrected: false, LearningRate: 1e-3);

    /// <inheritdoc/>
    public override string Kind => GameSchema.GanTraining;

    /// <inheritdoc/>
    public override bool BeginsKnown => Corrected;

    /// <inheritdoc/>
    public override string Counted => "modes missed on the validation GANs";

    /// <exception cref="ExperimentException">A value is invalid; the message gives the first.</exception>
    public override GanTraining Checked()
    {
        foreach (var (name, value) in new[] { ("reach", Reach), ("learning_rate", LearningRate), ("step_length", StepLength) })
            if (!(value > 0) || !double.IsFinite(value)) throw new ExperimentException($"{name}: {value}; it must be positive");
        foreach (var (name, value) in new[]
        {
            ("epochs", Epochs), ("batch", Batch), ("hidden", Hidden), ("validate_every", ValidateEvery), ("width", Width), ("depth", Depth),
            ("latent", Latent), ("samples", Samples), ("level_epochs", LevelEpochs), ("unroll_length", UnrollLength),
            ("validation_gans", ValidationGans), ("validation_steps", ValidationSteps),
            ("shortest_horizon", ShortestHorizon), ("longest_horizon", LongestHorizon),
        })
        {
            AtLeast(name, value, 1);
        }
        MachineMemory.Require(
            new GanSize(Width, Depth, Latent, Samples, Batch).Bytes(UnrollLength),
            $"batch: {Batch}, width: {Width}, depth: {Depth}, samples: {Samples}",
            "reduce any of them");
        if (Corrected && Reach <= Rule[0])
            throw new ExperimentException($"reach: {Reach}; it must be above {Rule[0]}, the largest coefficient of the initial rule");
        return this;
    }

    /// <inheritdoc/>
    public override IMetaTraining Method() => new SampledTraining(
        (seed, scale) => Gans(seed * Batch, Batch, scale),
        new SampledLoss(Loss),
        [.. PublishedHorizons.Where(horizon => horizon >= ShortestHorizon && horizon < LongestHorizon), LongestHorizon],
        LevelEpochs,
        Epochs,
        StepLength,
        Hidden,
        UnrollLength,
        LearningRate,
        Reach,
        Corrected ? Rule : null,
        Seed);

    /// <summary>Returns the score: modes not covered at the end plus the share of samples near no mode, mean over the
    /// GANs.</summary>
    public override Func<LearnedOptimizer, double> Validation() => weights =>
    {
        using var scope = NewDisposeScope();
        var gans = Gans(ValidationSeed, ValidationGans, 1);
        var w = GanPlay.Played(gans, new NormalisedOptimizer(weights, StepLength), ValidationSteps, null);
        return GanPlay.Judged(gans, w).Average(found => GridGan.Modes - found.Modes + (1 - found.Quality));
    };

    private GridGan Gans(long seed, int count, double scale) =>
        new(Width, Depth, Latent, Samples, [.. Enumerable.Range(0, count).Select(i => seed + i)], scale);
}
