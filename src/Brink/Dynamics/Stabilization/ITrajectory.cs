using Brink.Algebra;

namespace Brink.Dynamics.Stabilization;

/// <summary>A trajectory that is followed beside the constrained one, its reference.</summary>
public interface ITrajectory
{
    /// <summary>The name of its series and of its part of a checkpoint.</summary>
    string Name { get; }

    /// <summary>The name in figures.</summary>
    string Title { get; }

    /// <summary>Whether its displacement from the reference is small, so that the coordinates x and y of the theory describe
    /// it.</summary>
    bool IsNear { get; }

    /// <summary>The state at theta [p].</summary>
    TrajectoryState Start(Tensor theta, ConstrainedPoint reference);

    /// <param name="at">The state beside <paramref name="from"/>.</param>
    /// <param name="from">The reference at this step.</param>
    /// <param name="to">The reference at the next step.</param>
    /// <returns>The state beside <paramref name="to"/>; null where the trajectory is lost.</returns>
    TrajectoryState? Step(TrajectoryState at, ConstrainedPoint from, ConstrainedPoint to);

    /// <param name="state">It must outlive the snapshot.</param>
    /// <param name="to">Receives the state.</param>
    void Save(TrajectoryState state, Snapshot to);

    TrajectoryState Restored(Snapshot from);
}
