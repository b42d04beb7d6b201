namespace Brink.Games;

/// <summary>Consensus optimisation, w' = w - eta (xi + lambda J^T xi): descent on the losses and on |xi|^2/2
/// together (Mescheder, Nowozin and Geiger, NIPS 2017).</summary>
/// <remarks>For xi = J w + c, a step multiplies the error by I - eta (J + lambda J^T J). Where lambda is large,
/// every fixed point attracts, unstable ones included.</remarks>
public sealed record Consensus(double LearningRate, double Strength = 1) : IGameSolver
{
    /// <inheritdoc/>
    public GameState Step(IGame game, GameState state)
    {
        using var scope = NewDisposeScope();
        var point = game.At(state.W);
        var xi = point.Xi;
        return GameState.From(scope, state.W - (LearningRate * (xi + (Strength * point.TransposeTimes(xi)))));
    }
}
