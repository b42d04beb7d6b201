namespace Brink.Games;

/// <summary>RMSProp on the simultaneous gradient: v' = 0.9 v + 0.1 xi^2 and w' = w - eta xi / sqrt(v' + 1e-8) (Tieleman and Hinton
/// 2012).</summary>
/// <remarks>Memory: mean square v [B,p]. The 1e-8 is under the root, as in the GAN training of Chen et al.
/// (2023).</remarks>
public sealed record RmsPropDescent(double LearningRate) : IGameSolver
{
    private const double Decay = 0.9, Epsilon = 1e-8;

    /// <inheritdoc/>
    public GameState Start(IGame game, Tensor w) => InitialState(w);

    /// <inheritdoc/>
    public GameState Step(IGame game, GameState state)
    {
        using var scope = NewDisposeScope();
        return Moved(scope, state, game.Xi(state.W), LearningRate);
    }

    /// <summary>The state at w [B,p] before the first direction.</summary>
    internal static GameState InitialState(Tensor w)
    {
        using var scope = NewDisposeScope();
        return GameState.From(scope, w.clone(), zeros_like(w));
    }

    /// <summary>The state after a move along the direction n [B,p].</summary>
    internal static GameState Moved(DisposeScope scope, GameState state, Tensor n, double eta)
    {
        var (scale, v) = Scale(n, state.Memory[0], eta);
        return GameState.From(scope, state.W - (scale * n), v);
    }

    /// <summary>eta / sqrt(v' + 1e-8) and v' = 0.9 v + 0.1 n^2, both [B,p].</summary>
    internal static (Tensor Scale, Tensor Square) Scale(Tensor n, Tensor v, double eta)
    {
        using var scope = NewDisposeScope();
        var next = (Decay * v) + ((1 - Decay) * n.square());
        return (scope.MoveToOuter(eta * (next + Epsilon).rsqrt()), scope.MoveToOuter(next));
    }
}
