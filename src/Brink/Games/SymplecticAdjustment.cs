namespace Brink.Games;

/// <summary>SGA, w' = w - eta (xi + lambda A^T xi), with the sign of lambda that points to a stable fixed point
/// and away from an unstable one (Balduzzi et al., ICML 2018, algorithm 1).</summary>
/// <remarks>lambda = Strength sign((xi . g)(A^T xi . g) / p + 0.1) for each game separately, where g = J^T xi is the
/// gradient of |xi|^2/2.</remarks>
public sealed record SymplecticAdjustment(double LearningRate, double Strength = 1) : IGameSolver
{
    private const double Alignment = 0.1;   // epsilon of algorithm 1: lambda is positive near zero

    /// <inheritdoc/>
    public GameState Step(IGame game, GameState state)
    {
        using var scope = NewDisposeScope();
        var point = game.At(state.W);
        var xi = point.Xi;
        var g = point.TransposeTimes(xi);
        var adjustment = (g - point.JacobianTimes(xi)) / 2;
        var product = Dot(xi, g) * Dot(adjustment, g);
        var lambda = Strength * ((product / xi.shape[1]) + Alignment).sign();
        return GameState.From(scope, state.W - (LearningRate * (xi + (lambda * adjustment))));
    }

    private static Tensor Dot(Tensor a, Tensor b) => (a * b).sum(dim: 1, keepdim: true);
}
