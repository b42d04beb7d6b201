using Brink.Algebra;

namespace Brink.Dynamics.Stabilization;

/// <summary>A trajectory whose dynamics does not depend on the reference: gradient descent, gradient flow.</summary>
/// <param name="Name">The name of its series.</param>
/// <param name="Title">The name in figures.</param>
/// <param name="Dynamics">Dynamics of the trajectory.</param>
/// <param name="PointOf">Returns the point of a state.</param>
/// <param name="IsNear">True if the trajectory stays near the reference.</param>
public sealed record FreeTrajectory<TState>(
    string Name, string Title, IResumable<TState> Dynamics, Func<TState, Point> PointOf, bool IsNear = true) : ITrajectory
    where TState : IDisposable
{
    /// <inheritdoc/>
    public TrajectoryState Start(Tensor theta, ConstrainedPoint reference) => At(Dynamics.Start(theta));

    /// <inheritdoc/>
    public TrajectoryState Step(TrajectoryState at, ConstrainedPoint from, ConstrainedPoint to) => At(Dynamics.Step(((State)at).Own));

    /// <inheritdoc/>
    public void Save(TrajectoryState state, Snapshot to) => Dynamics.Save(((State)state).Own, to);

    /// <inheritdoc/>
    public TrajectoryState Restored(Snapshot from) => At(Dynamics.Restored(from));

    private State At(TState own) => new(own, PointOf(own));

    private sealed class State(TState own, Point point) : TrajectoryState
    {
        public TState Own => own;

        public override Point Point => point;

        public override Tensor Displacement(ConstrainedPoint reference) => point.Theta - reference.Theta;

        public override void Dispose() => own.Dispose();
    }
}
