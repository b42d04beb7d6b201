namespace Brink.Dynamics.Stabilization;

/// <summary>A trajectory at one step: a point of its own, or a displacement from the reference.</summary>
public abstract class TrajectoryState : IDisposable
{
    /// <summary>The point; null where only a displacement is followed.</summary>
    public abstract Point? Point { get; }

    /// <summary>Returns theta minus that of the reference [p]; it belongs to the caller's dispose scope, or to the
    /// state.</summary>
    public abstract Tensor Displacement(ConstrainedPoint reference);

    /// <inheritdoc/>
    public abstract void Dispose();
}
