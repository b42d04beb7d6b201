namespace Brink.Games;

/// <summary>OGDA, w' = w - eta (2 xi_t - xi_{t-1}): extrapolates the gradient by its last change
/// (Daskalakis et al., ICLR 2018).</summary>
/// <remarks>Factors z on an eigenvector of J: z^2 - (1 - 2 eta lambda) z - eta lambda = 0. Memory: the previous
/// gradient, initially the first one. The code of Chen et al. (2023) has eta/2 instead of eta.</remarks>
public sealed record OptimisticDescent(double LearningRate) : IGameSolver
{
    /// <inheritdoc/>
    public GameState Start(IGame game, Tensor w)
    {
        using var scope = NewDisposeScope();
        return GameState.From(scope, w.clone(), game.Xi(w));
    }

    /// <inheritdoc/>
    public GameState Step(IGame game, GameState state)
    {
        using var scope = NewDisposeScope();
        var xi = game.Xi(state.W);
        return GameState.From(scope, state.W - (LearningRate * ((2 * xi) - state.Memory[0])), xi);
    }
}
