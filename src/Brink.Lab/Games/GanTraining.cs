using Brink.Games;
using Brink.Runs;
using Brink.Zoo.Games;

namespace Brink.Lab;

/// <summary>Settings of the training of a learned optimizer on GANs as in Chen et al. (2023), except the size of the GANs: by truncated
/// gradients, with their loss, and a longer horizon every 20 epochs. <see cref="GanEvolution"/> trains a rule that is
/// better.</summary>
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
/// <param name="LearningRate">Initial learning rate of Adam.</param>
/// <param name="ValidateEvery">Epochs between validations.</param>
/// <param name="ValidationGans">Number of GANs that decide which weights are kept.</param>
/// <param name="ValidationSteps">Steps of play of these GANs.</param>
/// <param name="ValidationSeed">Seed of the first of these GANs.</param>
/// <param name="Seed">Seed of everything else.</param>
public sealed record GanTraining(
    int Width = 32,
    int Depth = 2,
    int Latent = 16,
    int Samples = 256,
    double StepLength = 9e-5,
    int Batch = 1,
    int Epochs = 160,
    int LevelEpochs = 20,
    int ShortestHorizon = 50,
    int LongestHorizon = 10000,
    int Hidden = LearnedOptimizer.PublishedHidden,
    int UnrollLength = 10,
    double Reach = 1,
    double LearningRate = 1e-3,
    int ValidateEvery = 4,
    int ValidationGans = 3,
    int ValidationSteps = 3000,
    long ValidationSeed = 20230,
    long Seed = 1)
    : OptimizerTraining(Epochs, Hidden, ValidateEvery, Seed)
{
    private static readonly int[] PublishedHorizons = [50, 100, 200, 500, 1000, 2000, 5000, 10000];

    /// <inheritdoc/>
    public override string Kind => GameSchema.GanTraining;

    /// <inheritdoc/>
    public override string Counted => "modes missed on the validation GANs";

    private DenseGanShape Shape => new(Latent, Width, Depth);

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
        return this;
    }

    /// <inheritdoc/>
    public override IMetaTraining Method() => new SampledTraining(
        (seed, scale) => Gans(seed * Batch, Batch, scale),
        [.. PublishedHorizons.Where(horizon => horizon >= ShortestHorizon && horizon < LongestHorizon), LongestHorizon],
        LevelEpochs,
        Epochs,
        StepLength,
        Hidden,
        UnrollLength,
        LearningRate,
        Reach,
        Seed);

    /// <summary>Returns the score: modes not covered at the end plus the share of samples near no mode, mean over the
    /// GANs.</summary>
    public override Func<LearnedOptimizer, double> Validation() => weights =>
    {
        using var scope = NewDisposeScope();
        IGameSolver solver = new NormalisedOptimizer(weights, StepLength);
        return GanTrial.Trained(Gans(ValidationSeed, ValidationGans, 1), solver, ValidationSteps)
            .Average(found => Mixture.Published.Modes.Count - found.Modes + (1 - found.Share));
    };

    private MixtureGans Gans(long seed, int count, double scale) =>
        new(Shape, Mixture.Published, Samples, [.. Enumerable.Range(0, count).Select(i => seed + i)], scale);
}
