namespace Brink.Games;

/// <summary>A method to train a learned optimizer on epochs of games.</summary>
public interface IMetaTraining
{
    /// <summary>Number of steps of a batch of games, at each level.</summary>
    IReadOnlyList<int> Horizons { get; }

    /// <summary>Returns a state with random weights.</summary>
    MetaState Start();

    /// <summary>Trains on one batch of games. The caller keeps the state.</summary>
    (MetaState State, EpochReport Report) Epoch(MetaState state);

    /// <summary>Validates the state and keeps its weights if they are better.</summary>
    /// <param name="state">State, which the caller keeps.</param>
    /// <param name="score">Scores any weights; lower is better.</param>
    (MetaState State, double Score) Validated(MetaState state, Func<LearnedOptimizer, double> score);

    /// <summary>Returns the kept weights; before the first validation, the current ones.</summary>
    LearnedOptimizer BestOptimizer(MetaState state);
}
