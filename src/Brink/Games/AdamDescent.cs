namespace Brink.Games;

/// <summary>Adam on the simultaneous gradient, with bias correction of both means (Kingma and Ba, ICLR
/// 2015).</summary>
/// <remarks>Memory: mean [B,p], mean square [B,p], number of steps.</remarks>
public sealed record AdamDescent(double LearningRate, double Beta1 = 0.95, double Beta2 = 0.99) : IGameSolver
{
    private const double Epsilon = 1e-8;

    /// <inheritdoc/>
    public GameState Start(IGame game, Tensor w)
    {
        using var scope = NewDisposeScope();
        return GameState.From(scope, w.clone(), zeros_like(w), zeros_like(w), tensor(0L));
    }

    /// <inheritdoc/>
    public GameState Step(IGame game, GameState state)
    {
        using var scope = NewDisposeScope();
        var xi = game.Xi(state.W);
        var m = (Beta1 * state.Memory[0]) + ((1 - Beta1) * xi);
        var v = (Beta2 * state.Memory[1]) + ((1 - Beta2) * xi.square());
        var count = state.Memory[2].ToInt64() + 1;
        var scale = (v / (1 - Math.Pow(Beta2, count))).sqrt() + Epsilon;
        var step = LearningRate / (1 - Math.Pow(Beta1, count)) * m / scale;
        return GameState.From(scope, state.W - step, m, v, tensor(count));
    }
}
