using Brink.Games;
using Brink.Runs;
using Brink.Zoo.Games;

namespace Brink.Lab;

/// <summary>A meta-training on GANs that make 16 Gaussians.</summary>
/// <param name="Loss">What is descended.</param>
/// <param name="Width">Hidden units of generator and discriminator.</param>
/// <param name="Depth">Hidden layers of both.</param>
/// <param name="Latent">Numbers that a sample is made of.</param>
/// <param name="Samples">Of a step.</param>
/// <param name="StepLength">Of each parameter in a move.</param>
/// <param name="Batch">GANs side by side.</param>
/// <param name="Epochs">Batches of GANs.</param>
/// <param name="LevelEpochs">Epochs before they are played for longer.</param>
/// <param name="ShortestHorizon">Steps that they are played for at first.</param>
/// <param name="LongestHorizon">And at most.</param>
/// <param name="Hidden">Hidden units of the optimizer.</param>
/// <param name="UnrollLength">Steps that are differentiated together.</param>
/// <param name="Reach">Largest coefficient.</param>
/// <param name="Corrected">Whether the network begins as a known rule, consensus optimisation of a strength of a fifth, n = (xi +
/// J^T xi/5)/2; with random weights otherwise.</param>
/// <param name="LearningRate">Of Adam at first.</param>
/// <param name="ValidateEvery">Epochs between validations.</param>
/// <param name="ValidationGans">How many decide which weights are kept.</param>
/// <param name="ValidationSteps">How long they are played.</param>
/// <param name="ValidationSeed">Of the first of them.</param>
/// <param name="Seed">Of everything else.</param>
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
    // Coefficients of xi, -A^T xi and -S xi: of the rules that were tried the one that covers most modes.
    private static readonly double[] Rule = [0.5, -0.1, -0.1];

    private static readonly int[] PublishedHorizons = [50, 100, 200, 500, 1000, 2000, 5000, 10000];

    /// <summary>As Chen et al. (2023) train, but for the size of the GANs: their loss, and the horizon longer every 20
    /// epochs.</summary>
    public static GanTraining Published { get; } = new(
        SampledLossKind.StabilityAware, Samples: 256, StepLength: 9e-5, Batch: 1, Epochs: 160, LevelEpochs: 20, ShortestHorizon: 50, LongestHorizon: 10000,
        Hidden: LearnedOptimizer.PublishedHidden, Corrected: false, LearningRate: 1e-3);

    public override string Kind => GameSchema.GanTraining;

    public override bool BeginsKnown => Corrected;

    public override string Counted => "modes missed on the validation GANs";

    /// <exception cref="ExperimentException">The first value that makes no sense.</exception>
    public override GanTraining Checked()
    {
        foreach (var (name, value) in new[] { ("reach", Reach), ("learning_rate", LearningRate), ("step_length", StepLength) })
            if (!(value > 0) || !double.IsFinite(value)) throw new ExperimentException($"{name}: {value}; it must be positive");
        foreach (var (name, value) in new[]
        {
            ("epochs", Epochs), ("batch", Batch), ("hidden", Hidden), ("validate_every", ValidateEvery), ("width", Width), ("depth", Depth),
            ("latent", Latent), ("samples", Samples), ("level_epochs", LevelEpochs), ("unroll_length", UnrollLength),
            ("validation_gans", ValidationGans), ("validation_steps", ValidationSteps), ("shortest_horizon", ShortestHorizon), ("longest_horizon", LongestHorizon),
        })
        {
            if (value < 1) throw new ExperimentException($"{name}: {value}; it must be at least 1");
        }
        MachineMemory.Require(
            new GanSize(Width, Depth, Latent, Samples, Batch).Bytes(UnrollLength),
            $"batch: {Batch}, width: {Width}, depth: {Depth}, samples: {Samples}");
        if (Corrected && Reach <= Rule[0])
            throw new ExperimentException($"reach: {Reach}; the rule that training begins with has a coefficient of {Rule[0]}");
        return this;
    }

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

    /// <summary>Modes that are not covered in the end, and the share of samples that is near none: mean over the
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
