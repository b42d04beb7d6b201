namespace Brink.Games;

/// <summary>A way to train a learned optimizer, epoch after epoch of games.</summary>
public interface IMetaTraining
{
    /// <summary>Steps of a batch of games, level by level.</summary>
    IReadOnlyList<int> Horizons { get; }

    /// <summary>Random weights.</summary>
    MetaState Start();

    /// <summary>One batch of games. The state stays the caller's.</summary>
    (MetaState State, EpochReport Report) Epoch(MetaState state);

    /// <summary>What a validation makes of the state: better weights are kept.</summary>
    /// <param name="state">It stays the caller's.</param>
    /// <param name="score">Of any weights: the less the better.</param>
    (MetaState State, double Score) Validated(MetaState state, Func<LearnedOptimizer, double> score);

    /// <summary>The weights that are kept; those of now before the first validation.</summary>
    LearnedOptimizer Kept(MetaState state);
}
