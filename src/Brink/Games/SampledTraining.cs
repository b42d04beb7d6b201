namespace Brink.Games;

/// <summary>Trains a learned optimizer with normalised moves on a few sampled games at once (loss, curriculum and
/// growing weights of the GAN training of Chen et al. 2023).</summary>
/// <remarks>Each epoch plays new games over the horizon of the level; after every UnrollLength steps the weights take
/// an Adam step. There is no second network: in the published GAN training it moves all parameters of a
/// player by one number.</remarks>
/// <param name="Games">Makes new games from a seed and the factor of their random weights.</param>
/// <param name="Horizons">Number of steps of an epoch at each level.</param>
/// <param name="LevelEpochs">Number of epochs of a level.</param>
/// <param name="Epochs">Number of epochs, one batch of games each.</param>
/// <param name="StepLength">Step length eta of each parameter in a move.</param>
/// <param name="Hidden">Number of hidden units h.</param>
/// <param name="UnrollLength">Number of steps that are differentiated together.</param>
/// <param name="LearningRate">Learning rate of Adam, divided by 10 after each third of the epochs.</param>
/// <param name="Reach">Largest coefficient of the optimizer.</param>
/// <param name="Seed">Seed of all random numbers.</param>
public sealed record SampledTraining(
    Func<long, double, ISampledGames> Games,
    IReadOnlyList<int> Horizons,
    int LevelEpochs,
    int Epochs,
    double StepLength,
    int Hidden = 32,
    int UnrollLength = 10,
    double LearningRate = 1e-3,
    double Reach = 1,
    long Seed = 1) : IMetaTraining
{
    // Factor of the games' initial weights in the first epoch; it grows by 1 over the epochs.
    private const double LeastScale = 0.5;

    // An unroll with a larger loss ends the epoch: the bound of the published GAN training.
    private const double LargestLoss = 400;

    /// <inheritdoc/>
    public MetaState Start() => MetaState.Start(Hidden, Reach, Seed);

    /// <inheritdoc/>
    public (MetaState State, EpochReport Report) Epoch(MetaState state)
    {
        using var scope = NewDisposeScope();
        var games = Games((Seed * 1_000_003) + state.Epoch + 1, ((double)state.Epoch / Epochs) + LeastScale);
        var level = (int)Math.Min(state.Epoch / LevelEpochs, Horizons.Count - 1);
        var (fast, at) = (state.Fast, SampledUnroll.Start(games.Start(), Hidden));
        var (sum, unrolls) = (0.0, 0);
        BatchEnd? end = null;
        while (end is null && at.Steps < Horizons[level])
        {
            using var inner = NewDisposeScope();
            var length = (int)Math.Min(UnrollLength, Horizons[level] - at.Steps);
            var leaves = LearnedOptimizer.Of(fast.Theta, Hidden, Reach).Leaves();
            var (next, loss, gradient, norm) = at.Play(leaves, games, length, StepLength);
            at = next.MovedOut(inner);
            (sum, unrolls) = (sum + loss, unrolls + 1);
            end = loss > LargestLoss ? BatchEnd.LossTooLarge : MetaTraining.EndReason(loss, norm);
            var rate = LearningRate * MetaTraining.Decay(state.Epoch, Epochs);
            if (end is null) fast = MetaTraining.Updated(fast, gradient, rate).MovedOut(inner);
        }
        var reached = state with { Epoch = state.Epoch + 1, Level = level };
        if (end is not BatchEnd.NotFinite) reached = reached with { Fast = fast };
        return (reached.Copied().MovedOut(scope), new(sum / unrolls, at.Steps, end, reached.Fast.Moments.Steps - state.Fast.Moments.Steps));
    }

    /// <inheritdoc/>
    public (MetaState State, double Score) Validated(MetaState state, Func<LearnedOptimizer, double> score)
    {
        using var scope = NewDisposeScope();
        var found = score(LearnedOptimizer.Of(state.Fast.Theta, Hidden, Reach));
        var next = found < state.BestScore
            ? state with { Best = state.Fast.Theta, BestScore = found, BestEpoch = state.Epoch }
            : state;
        return (next.Copied().MovedOut(scope), found);
    }

    /// <inheritdoc/>
    public LearnedOptimizer BestOptimizer(MetaState state) => LearnedOptimizer.Of(state.Best ?? state.Fast.Theta, Hidden, Reach);
}
