namespace Brink.Dynamics;

/// <summary>A flow, descent or optimizer: what moves parameters.</summary>
/// <typeparam name="TState">Owns its tensors; whoever runs the dynamics disposes a state once the next one
/// exists.</typeparam>
public interface IDynamics<TState>
    where TState : IDisposable
{
    /// <summary>The state at theta [p], which stays the caller's.</summary>
    TState Start(Tensor theta);

    TState Step(TState state);
}
