namespace Brink.Games;

/// <summary>Extragradient, w' = w - eta xi(w - eta xi(w)): the players move by the gradient at the point that
/// a plain step would reach (Korpelevich 1976).</summary>
/// <remarks>Factor on an eigenvector of J with eigenvalue lambda: 1 - eta lambda + (eta lambda)^2.</remarks>
public sealed record Extragradient(double LearningRate) : IGameSolver
{
    /// <inheritdoc/>
    public GameState Step(IGame game, GameState state)
    {
        using var scope = NewDisposeScope();
        var ahead = state.W - (LearningRate * game.Xi(state.W));
        return GameState.From(scope, state.W - (LearningRate * game.Xi(ahead)));
    }
}
