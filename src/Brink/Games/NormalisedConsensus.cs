namespace Brink.Games;

/// <summary>RMSProp on the gradient of consensus optimisation, n = xi + lambda J^T xi, as in the GAN training of Mescheder,
/// Nowozin and Geiger (NIPS 2017): v' = 0.9 v + 0.1 n^2 and w' = w - eta n / sqrt(v' + 1e-8).</summary>
/// <remarks>Memory: v [B,p]. J^T xi is A^T xi + S xi: with constant coefficients (u, -lambda u, -lambda u),
/// <see cref="NormalisedOptimizer"/> is this rule, up to the 1e-8.</remarks>
public sealed record NormalisedConsensus(double LearningRate, double Strength) : IGameSolver
{
    /// <inheritdoc/>
    public GameState Start(IGame game, Tensor w) => RmsPropDescent.InitialState(w);

    /// <inheritdoc/>
    public GameState Step(IGame game, GameState state)
    {
        using var scope = NewDisposeScope();
        var point = game.At(state.W);
        return RmsPropDescent.Moved(scope, state, point.Xi + (Strength * point.TransposeTimes(point.Xi)), LearningRate);
    }
}
