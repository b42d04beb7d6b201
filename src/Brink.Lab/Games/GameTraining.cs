using Brink.Games;
using Brink.Runs;

namespace Brink.Lab;

/// <summary>All settings that determine the numbers of a meta-training. They are saved with the weights.</summary>
/// <param name="Players">2: games with random coefficients; 4: the rotating game.</param>
/// <param name="Coefficients">Distribution of the coefficients of two-player games.</param>
/// <param name="Stability">Stability of the games that are not unstable.</param>
/// <param name="Unstable">Share of unstable games in the last epoch.</param>
/// <param name="Loss">Meta-loss to minimise.</param>
/// <param name="Slow">True: a second, slower network follows the first.</param>
/// <param name="Epochs">Batches of games.</param>
/// <param name="Batch">Games of a batch.</param>
/// <param name="Hidden">Hidden units.</param>
/// <param name="Reach">Largest coefficient; 1 in the paper.</param>
/// <param name="LearningRate">Initial learning rate of Adam.</param>
/// <param name="ValidateEvery">Epochs between validations.</param>
/// <param name="ValidationGames">Stable games that decide which weights are kept.</param>
/// <param name="ValidationSeed">Seed of these games.</param>
/// <param name="Seed">Seed of everything else.</param>
/// <param name="ShareGrows">True: the share of unstable games grows from 0; false: it is the same in every epoch.</param>
public sealed record GameTraining(
    int Players = 2,
    Coefficients Coefficients = Coefficients.Gaussian,
    Stability Stability = Stability.Stable,
    double Unstable = 0.1,
    MetaLossKind Loss = MetaLossKind.Logarithmic,
    bool Slow = true,
    int Epochs = 600,
    int Batch = 128,
    int Hidden = 32,
    double Reach = 16,
    double LearningRate = 1e-3,
    int ValidateEvery = 5,
    int ValidationGames = 100,
    long ValidationSeed = 20230,
    long Seed = 1,
    bool ShareGrows = true)
    : OptimizerTraining(Epochs, Hidden, ValidateEvery, Seed)
{
    private const int ValidationStarts = 4;   // angles 2^k, k = 1, ..., 4, as in the paper

    // Gates, states and their products for each parameter of a game and step, kept for the derivative.
    private double Bytes => sizeof(float) * (double)Batch * Players * MetaTraining.UsualUnroll * 8 * Hidden;

    // Floor of the logarithmic loss: nothing is gained below the tolerance of the evaluation. Weight of the regularised loss,
    // as in the paper's code.
    private const double LogarithmFloor = 1e-4, RegularisationWeight = 10;

    /// <summary>The settings of Chen et al. (2023): coefficients up to 1, and their loss.</summary>
    public static GameTraining Published { get; } = new(Loss: MetaLossKind.StabilityAware, Epochs: 300, Reach: 1);

    /// <inheritdoc/>
    public override string Kind => GameSchema.Training;

    /// <inheritdoc/>
    public override string Counted => "steps on the validation games";

    /// <exception cref="ExperimentException">A value is invalid; the message gives the first.</exception>
    public override GameTraining Checked()
    {
        if (Players is not (2 or 4)) throw new ExperimentException($"players: {Players}; it must be 2 or 4");
        if (Coefficients == Coefficients.Uniform && Unstable > 0 && Players == 2)
        {
            throw new ExperimentException(
                $"unstable: {Unstable}; it must be 0, because games with uniform coefficients are never unstable");
        }
        if (Unstable is not (>= 0 and <= 1)) throw new ExperimentException($"unstable: {Unstable}; it must be between 0 and 1");
        if (!(Reach > 0) || !double.IsFinite(Reach)) throw new ExperimentException($"reach: {Reach}; it must be positive");
        if (!(LearningRate > 0) || !double.IsFinite(LearningRate))
            throw new ExperimentException($"learning_rate: {LearningRate}; it must be positive");
        foreach (var (name, value) in new[]
        {
            ("epochs", Epochs), ("batch", Batch), ("hidden", Hidden), ("validate_every", ValidateEvery),
            ("validation_games", ValidationGames),
        })
        {
            AtLeast(name, value, 1);
        }
        MachineMemory.Require(Bytes, $"batch: {Batch}", "reduce batch or hidden");
        return this;
    }

    /// <inheritdoc/>
    public override IMetaTraining Method() => new MetaTraining(
        Players == 2 ? new TwoPlayerGames(Coefficients, Stability) : new FourPlayerGames(),
        new MetaLoss(Loss, Loss == MetaLossKind.Logarithmic ? LogarithmFloor : RegularisationWeight),
        MetaTraining.PublishedHorizons,
        Slow ? new SlowOptimizer() : null,
        Unstable,
        Epochs,
        Batch,
        Hidden,
        LearningRate: LearningRate,
        ValidateEvery: ValidateEvery,
        Reach: Reach,
        Seed: Seed,
        ShareGrows: ShareGrows);

    /// <inheritdoc/>
    /// <remarks>The score is the mean number of steps until convergence.</remarks>
    public override Func<LearnedOptimizer, double> Validation()
    {
        using var generator = new Generator((ulong)ValidationSeed, CPU);
        GameDistribution distribution = Players == 2 ? new TwoPlayerGames(Coefficients) : new FourPlayerGames();
        var games = distribution.Draw(ValidationGames, 0, ScalarType.Float32, generator);
        var starts = StartingPoints.PowersOfTwo(ValidationStarts, Players, ScalarType.Float32);
        return weights => new ConvergenceTest().Of(weights, games, starts).MeanSteps;
    }
}
