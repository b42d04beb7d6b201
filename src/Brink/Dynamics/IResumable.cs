using Brink.Algebra;

namespace Brink.Dynamics;

/// <summary>A dynamics whose states can be saved and restored; it then continues bit for bit.</summary>
public interface IResumable<TState> : IDynamics<TState>
    where TState : IDisposable
{
    /// <summary>Saves a state.</summary>
    /// <param name="state">State to save; it must outlive the snapshot.</param>
    /// <param name="to">Receives the state.</param>
    void Save(TState state, Snapshot to);

    /// <summary>Restores a saved state, which the caller owns.</summary>
    TState Restored(Snapshot from);
}
