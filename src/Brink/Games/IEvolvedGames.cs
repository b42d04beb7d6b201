namespace Brink.Games;

/// <summary>Games, one in each row, that are played by rules with numbers theta of their own, as
/// <see cref="PersistentEvolution"/> needs them.</summary>
public interface IEvolvedGames
{
    /// <summary>Returns the state of new games, one for each seed. All its tensors have a row for each game.</summary>
    GameState Start(IReadOnlyList<long> seeds);

    /// <summary>Continues the games for some steps.</summary>
    /// <param name="theta">Numbers of the rule of each game [B,q], in float64.</param>
    /// <param name="games">Seed of each game, and the number of steps that it has been played; equal seeds have equal
    /// samples.</param>
    /// <param name="state">State of the games, which the caller keeps.</param>
    /// <param name="steps">Number of steps.</param>
    /// <returns>The next state and the loss of these steps [B] in float64; both belong to the caller's dispose scope.</returns>
    (GameState State, Tensor Loss) Play(Tensor theta, IReadOnlyList<(long Seed, long Age)> games, GameState state, int steps);
}
