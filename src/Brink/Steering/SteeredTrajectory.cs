using Brink.Algebra;
using Brink.Dynamics;
using Brink.Dynamics.Stabilization;

namespace Brink.Steering;

/// <summary>A training under a policy as a trajectory besides those of the paper: one attempt at each step.</summary>
/// <param name="Name">The name of its series.</param>
/// <param name="Title">The name in figures.</param>
/// <param name="Descent">The training.</param>
public sealed record SteeredTrajectory(string Name, string Title, SteeredDescent Descent) : ITrajectory
{
    /// <inheritdoc/>
    public bool IsNear => false;

    /// <inheritdoc/>
    public string WhenLost => "the policy gave up";

    /// <inheritdoc/>
    public TrajectoryState Start(Tensor theta, ConstrainedPoint reference) => new SteeredTrajectoryState(Descent.Start(theta));

    /// <inheritdoc/>
    public TrajectoryState? Step(TrajectoryState at, ConstrainedPoint from, ConstrainedPoint to)
    {
        var own = ((SteeredTrajectoryState)at).Own;
        return own.Last?.Decision == SteeringDecision.GiveUp ? null : new SteeredTrajectoryState(Descent.Step(own));
    }

    /// <inheritdoc/>
    public void Save(TrajectoryState state, Snapshot to) => Descent.Save(((SteeredTrajectoryState)state).Own, to);

    /// <inheritdoc/>
    public TrajectoryState Restored(Snapshot from) => new SteeredTrajectoryState(Descent.Restored(from));
}

/// <summary>The state of a <see cref="SteeredTrajectory"/>.</summary>
/// <param name="own">State of the training; the trajectory's state owns it.</param>
public sealed class SteeredTrajectoryState(SteeredState own) : TrajectoryState
{
    /// <summary>State of the training.</summary>
    public SteeredState Own => own;

    /// <inheritdoc/>
    public override Point Point => own.Point;

    /// <inheritdoc/>
    public override Tensor Displacement(ConstrainedPoint reference) => own.Point.Theta - reference.Theta;

    /// <inheritdoc/>
    public override void Dispose() => own.Dispose();
}
