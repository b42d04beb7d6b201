using Brink.Algebra;

namespace Brink.Dynamics.Stabilization;

/// <summary>A predicted displacement from the reference. The trajectory is lost once the displacement is longer than max(1,
/// ||theta||): the underlying expansion is no longer valid there.</summary>
/// <param name="Name">The name of its series.</param>
/// <param name="Title">The name in figures.</param>
/// <param name="Next">Returns the displacement [p] at the next step from the references at this step and at the next, and the
/// displacement [p] at this step.</param>
public sealed record PredictedTrajectory(
    string Name, string Title, Func<ConstrainedPoint, ConstrainedPoint, Tensor, Tensor> Next) : ITrajectory
{
    private const string Key = "displacement";

    /// <inheritdoc/>
    public bool IsNear => true;

    /// <inheritdoc/>
    public TrajectoryState Start(Tensor theta, ConstrainedPoint reference) => new State(theta - reference.Theta);

    /// <inheritdoc/>
    public TrajectoryState? Step(TrajectoryState at, ConstrainedPoint from, ConstrainedPoint to)
    {
        using var scope = NewDisposeScope();
        var v = Next(from, to, at.Displacement(from));
        return v.norm().ToDouble() <= Math.Max(1, to.Theta.norm().ToDouble()) ? new State(v) : null;
    }

    /// <inheritdoc/>
    public void Save(TrajectoryState state, Snapshot to) => to.Set(Key, ((State)state).V);

    /// <inheritdoc/>
    public TrajectoryState Restored(Snapshot from) => new State(from.Tensor(Key));

    private sealed class State(Tensor v) : TrajectoryState
    {
        public Tensor V { get; } = v.DetachFromDisposeScope();

        public override Point? Point => null;

        public override Tensor Displacement(ConstrainedPoint reference) => V;

        public override void Dispose() => V.Dispose();
    }
}
