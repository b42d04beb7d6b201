namespace Brink.Games;

/// <summary>w' = w - eta xi(w): all players descend their own losses at once.</summary>
/// <remarks>For xi = J w + c, a step multiplies the error by I - eta J.</remarks>
public sealed record SimultaneousDescent(double LearningRate) : IGameSolver
{
    /// <inheritdoc/>
    public GameState Step(IGame game, GameState state)
    {
        using var scope = NewDisposeScope();
        return GameState.From(scope, state.W - (LearningRate * game.Xi(state.W)));
    }
}
