using Brink.Algebra;

namespace Brink.Dynamics;

/// <summary>A dynamics whose states can be saved and restored; it then continues bit for bit.</summary>
public interface IResumable<TState> : IDynamics<TState>
    where TState : IDisposable
{
    /// <param name="state">State to save; it must outlive the snapshot.</param>
    void Save(TState state, Snapshot to);

    /// <summary>Restores a saved state, which the caller owns.</summary>
    TState Restored(Snapshot from);
}
