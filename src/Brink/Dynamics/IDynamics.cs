namespace Brink.Dynamics;

/// <summary>A flow, descent or optimizer that moves parameters.</summary>
/// <typeparam name="TState">State; it owns its tensors. The caller of the dynamics disposes it once the next one
/// exists.</typeparam>
public interface IDynamics<TState>
    where TState : IDisposable
{
    /// <summary>Returns the state at theta [p], which the caller keeps.</summary>
    TState Start(Tensor theta);

    /// <summary>Returns the state after one step. The caller keeps the given state and owns the new one.</summary>
    TState Step(TState state);
}
