namespace Brink.Games;

/// <summary>A method by which all players move, in B independent games at once.</summary>
public interface IGameSolver
{
    /// <summary>Returns the state at w [B,p]; the caller keeps w.</summary>
    GameState Start(IGame game, Tensor w) => new(w.clone(), []);

    /// <summary>Returns the state after one step of all players. The caller keeps the given state.</summary>
    GameState Step(IGame game, GameState state);
}

/// <summary>Positions of the players and memory of their solver.</summary>
/// <param name="W">Positions [B,p].</param>
/// <param name="Memory">Tensors that each solver documents.</param>
public sealed record GameState(Tensor W, IReadOnlyList<Tensor> Memory) : IDisposable
{
    /// <summary>Makes a state and moves its tensors out of the scope in which they were made.</summary>
    internal static GameState From(DisposeScope scope, Tensor w, params IReadOnlyList<Tensor> memory) =>
        new(scope.MoveToOuter(w), [.. memory.Select(scope.MoveToOuter)]);

    /// <inheritdoc/>
    public void Dispose()
    {
        W.Dispose();
        foreach (var tensor in Memory) tensor.Dispose();
    }
}
