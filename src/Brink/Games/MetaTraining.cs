namespace Brink.Games;

/// <summary>Trains a learned optimizer on batches of random games (data, loss and curriculum of Chen, Vadori, Chen
/// and Wang, ICML 2023).</summary>
/// <remarks>Each epoch plays one batch of games over the horizon of the curriculum's level. After every
/// UnrollLength steps the weights take an Adam step. The rules that end a batch early are checked once per unroll,
/// not at every step.</remarks>
/// <param name="Games">Distribution of the games.</param>
/// <param name="Loss">Loss that training descends.</param>
/// <param name="Horizons">Number of steps of a batch at each level; the next level begins when a validation finds
/// nothing better.</param>
/// <param name="Slow">Second network, or null for none.</param>
/// <param name="Unstable">Share of unstable games in the last epoch.</param>
/// <param name="Epochs">Number of epochs, one batch of games each.</param>
/// <param name="Batch">Number of games in a batch.</param>
/// <param name="Hidden">Number of hidden units h.</param>
/// <param name="UnrollLength">Number of steps that are differentiated together.</param>
/// <param name="LearningRate">Learning rate of Adam, divided by 10 after each third of the epochs.</param>
/// <param name="ValidateEvery">Number of epochs between validations.</param>
/// <param name="InBall">True if play begins inside the unit sphere, false if on it.</param>
/// <param name="Reach">Largest coefficient of the optimizer, 1 in the paper.</param>
/// <param name="Seed">Seed of all random numbers.</param>
/// <param name="ShareGrows">True if the share of unstable games grows from 0, false if it is constant.</param>
public sealed record MetaTraining(
    GameDistribution Games,
    MetaLoss Loss,
    IReadOnlyList<int> Horizons,
    SlowOptimizer? Slow,
    double Unstable = 0.1,
    int Epochs = 300,
    int Batch = 128,
    int Hidden = 32,
    int UnrollLength = MetaTraining.UsualUnroll,
    double LearningRate = 1e-3,
    int ValidateEvery = 5,
    bool InBall = true,
    double Reach = 1,
    long Seed = 1,
    bool ShareGrows = true) : IMetaTraining
{
    /// <summary>Default number of steps that are differentiated together.</summary>
    public const int UsualUnroll = 10;

    /// <summary>The horizons of the published curriculum.</summary>
    public static readonly IReadOnlyList<int> PublishedHorizons = [50, 100, 200, 500, 1000];

    private const double Clip = 1, LargestNorm = 1e9, LargestLoss = 1e5;

    // Number of stages of the published learning rate schedule.
    private const int Thirds = 3;

    private const double RateDecay = 0.1;

    /// <inheritdoc/>
    public MetaState Start() => MetaState.Start(Hidden, Reach, Seed);

    /// <inheritdoc/>
    public (MetaState State, EpochReport Report) Epoch(MetaState state)
    {
        using var scope = NewDisposeScope();
        using var generator = GeneratorOf(state.Epoch);
        var games = Games.Draw(Batch, ShareGrows ? Unstable * state.Epoch / Epochs : Unstable, ScalarType.Float32, generator);
        var starts = InBall
            ? StartingPoints.InBall(Batch, games.Dimension, ScalarType.Float32, generator)
            : StartingPoints.OnSphere(Batch, games.Dimension, ScalarType.Float32, generator);
        var fast = state.Fast;
        var slow = state.Slow
            ?? (Slow is not null && state.Epoch >= Slow.From * Epochs ? new(fast.Theta, AdamMoments.Start(fast.Theta)) : null);
        var played = new MetaBatch(this, games, starts, fast, slow, LearningRate * Decay(state.Epoch, Epochs));
        var end = played.Play(Horizons[state.Level]);
        var next = state with { Epoch = state.Epoch + 1 };
        if (end is not BatchEnd.NotFinite) next = next with { Fast = played.Fast, Slow = played.Slow };
        return (next.Copied().MovedOut(scope), new(played.MeanLoss, played.Steps, end, next.Fast.Moments.Steps - state.Fast.Moments.Steps));
    }

    /// <summary>Keeps better weights; if there are none, moves to the next horizon.</summary>
    public (MetaState State, double Score) Validated(MetaState state, Func<LearnedOptimizer, double> score)
    {
        using var scope = NewDisposeScope();
        var candidates = new[] { state.Fast, state.Slow }.OfType<TrainedWeights>()
            .Select(weights => (weights.Theta, Score: score(LearnedOptimizer.Of(weights.Theta, Hidden, Reach)))).ToArray();
        var (theta, least) = candidates.MinBy(candidate => candidate.Score);
        var next = least < state.BestScore
            ? state with { Best = theta, BestScore = least, BestEpoch = state.Epoch }
            : state with { Level = Math.Min(state.Level + 1, Horizons.Count - 1) };
        return (next.Copied().MovedOut(scope), least);
    }

    /// <inheritdoc/>
    public LearnedOptimizer BestOptimizer(MetaState state) => LearnedOptimizer.Of(state.Best ?? state.Fast.Theta, Hidden, Reach);

    private Generator GeneratorOf(long epoch) => new((ulong)((Seed * 1_000_003) + epoch + 1), CPU);

    /// <summary>Factor of the learning rate in an epoch.</summary>
    internal static double Decay(long epoch, int epochs) =>
        Math.Pow(RateDecay, Math.Min(Thirds - 1, epoch / Math.Max(1, epochs / Thirds)));

    /// <summary>Reason to end the batch after an unroll with this loss and largest norm, or null.</summary>
    internal static BatchEnd? EndReason(double loss, double norm) =>
        double.IsNaN(loss) ? BatchEnd.NotFinite
        : !(norm <= LargestNorm) ? BatchEnd.Diverged
        : Math.Abs(loss) > LargestLoss ? BatchEnd.LossTooLarge
        : null;

    internal static TrainedWeights Updated(TrainedWeights weights, Tensor gradient, double rate)
    {
        var (theta, moments) = weights.Moments.Step(weights.Theta, gradient, rate, Clip);
        return new(theta, moments);
    }
}

/// <summary>Reason why a batch of games ended before its horizon.</summary>
public enum BatchEnd
{
    /// <summary>The norm of a direction became larger than 1e9, or NaN.</summary>
    Diverged,

    /// <summary>The loss of an unroll was larger than 1e5.</summary>
    LossTooLarge,

    /// <summary>The loss became NaN: the weights from before the batch are kept.</summary>
    NotFinite,
}

/// <param name="Loss">Mean loss over the unrolls.</param>
/// <param name="Steps">Number of steps of each game.</param>
/// <param name="End">Reason for an early end; null where the horizon was reached.</param>
/// <param name="Updates">Number of updates of the weights.</param>
public sealed record EpochReport(double Loss, long Steps, BatchEnd? End, long Updates);
