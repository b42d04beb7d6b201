namespace Brink.Games;

/// <summary>A learned optimizer with normalised moves, for losses of other scales than those of its
/// training: with n = u0 xi - u1 A^T xi - u2 S xi, v' = 0.9 v + 0.1 n^2 and w' = w - eta n / sqrt(v' + 1e-8)
/// (GAN training of Chen et al. 2023, where eta is 9e-5).</summary>
/// <remarks>Memory: the optimizer's, followed by v [B,p].</remarks>
public sealed record NormalisedOptimizer(LearnedOptimizer Optimizer, double LearningRate) : IGameSolver
{
    /// <inheritdoc/>
    public GameState Start(IGame game, Tensor w)
    {
        using var scope = NewDisposeScope();
        var start = Optimizer.Start(game, w);
        return GameState.From(scope, start.W, [.. start.Memory, zeros_like(w)]);
    }

    /// <inheritdoc/>
    public GameState Step(IGame game, GameState state)
    {
        using var scope = NewDisposeScope();
        var (n, memory) = Optimizer.Next(game, state);
        var (scale, v) = RmsPropDescent.Scale(n, state.Memory[^1], LearningRate);
        return GameState.From(scope, state.W - (scale * n), [.. memory, v]);
    }
}
