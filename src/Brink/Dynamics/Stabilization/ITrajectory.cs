using Brink.Algebra;

namespace Brink.Dynamics.Stabilization;

/// <summary>A trajectory that is compared with the constrained one, its reference.</summary>
public interface ITrajectory
{
    /// <summary>The name of its series and of its part of a checkpoint.</summary>
    string Name { get; }

    /// <summary>The name in figures.</summary>
    string Title { get; }

    /// <summary>True if the displacement from the reference is small, so that the coordinates x and y of the theory describe
    /// the trajectory.</summary>
    bool IsNear { get; }

    /// <summary>What it means that the trajectory is lost.</summary>
    string WhenLost => "the displacement exceeds the norm of theta";

    /// <summary>Returns the state at theta [p].</summary>
    TrajectoryState Start(Tensor theta, ConstrainedPoint reference);

    /// <summary>Computes the state at the next step.</summary>
    /// <param name="at">State at the step of <paramref name="from"/>.</param>
    /// <param name="from">Reference at this step.</param>
    /// <param name="to">Reference at the next step.</param>
    /// <returns>The state at the step of <paramref name="to"/>; null if the trajectory is lost.</returns>
    TrajectoryState? Step(TrajectoryState at, ConstrainedPoint from, ConstrainedPoint to);

    /// <summary>Saves a state.</summary>
    /// <param name="state">State to save; it must outlive the snapshot.</param>
    /// <param name="to">Receives the state.</param>
    void Save(TrajectoryState state, Snapshot to);

    /// <summary>Restores a saved state, which the caller owns.</summary>
    TrajectoryState Restored(Snapshot from);
}
