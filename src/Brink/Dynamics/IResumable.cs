using Brink.Algebra;

namespace Brink.Dynamics;

/// <summary>A dynamics whose states can be put down and taken up again: from there on every number is the same, to the last
/// bit.</summary>
public interface IResumable<TState> : IDynamics<TState>
    where TState : IDisposable
{
    /// <param name="state">It must outlive the snapshot.</param>
    void Save(TState state, Snapshot to);

    TState Restored(Snapshot from);
}
