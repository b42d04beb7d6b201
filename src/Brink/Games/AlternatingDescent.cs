namespace Brink.Games;

/// <summary>Alternating gradient descent: each player moves after the previous ones, from their new positions.</summary>
/// <remarks>For xi = J w + c, a step multiplies the error by the product over players of I - eta P_i J, the first
/// rightmost, where P_i keeps the rows of player i.</remarks>
public sealed record AlternatingDescent(double LearningRate) : IGameSolver
{
    /// <inheritdoc/>
    public GameState Step(IGame game, GameState state)
    {
        using var scope = NewDisposeScope();
        var w = state.W.clone();
        var start = 0L;
        foreach (var size in game.Players)
        {
            using var inner = NewDisposeScope();
            w.narrow(1, start, size).sub_(LearningRate * game.Xi(w).narrow(1, start, size));
            start += size;
        }
        return GameState.From(scope, w);
    }
}
