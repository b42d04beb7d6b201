using Brink.Algebra;

namespace Brink.Dynamics.Stabilization;

/// <summary>Runs several trajectories from one point at the edge of stability, and compares them with the constrained
/// trajectory (Damian et al. 2023, section 5 and the experiments).</summary>
/// <param name="Constrained">Reference, and frame of the predictions.</param>
/// <param name="Trajectories">Trajectories to compare with it.</param>
public sealed record SelfStabilization(ConstrainedTrajectory Constrained, params IReadOnlyList<ITrajectory> Trajectories)
    : IResumable<SelfStabilizationState>
{
    /// <summary>Names of trajectories of the paper.</summary>
    public const string DescentName = "gd", FlowName = "flow", PredictedName = "predicted", GeneralizedName = "generalized",
        FixedFrameName = "predicted_fixed_frame", GeneralizedFixedFrameName = "generalized_fixed_frame";

    private const string ConstrainedName = "constrained";

    /// <summary>Follows the trajectories of the paper.</summary>
    public SelfStabilization(GradientDescent descent, GradientFlow flow, ConstrainedTrajectory constrained)
        : this(constrained, Paper(descent, flow))
    {
    }

    /// <summary>Returns the trajectories of the paper: gradient descent, gradient flow and both predicted dynamics.</summary>
    /// <param name="descent">Gradient descent with learning rate eta.</param>
    /// <param name="flow">Gradient flow over a time eta per step.</param>
    public static IReadOnlyList<ITrajectory> Paper(GradientDescent descent, GradientFlow flow) =>
    [
        new FreeTrajectory<Point>(DescentName, "gradient descent", descent, point => point),
        new FreeTrajectory<FlowPoint>(FlowName, "gradient flow", flow, state => state.Point, IsNear: false),
        new PredictedTrajectory(PredictedName, "predicted", (from, to, v) => PredictedDynamics.Step(from, to, v, descent.LearningRate)),
        new PredictedTrajectory(GeneralizedName, "generalized prediction", (from, to, v) =>
            GeneralizedPredictedDynamics.Step(descent.Objective, from, to, v, descent.LearningRate)),
    ];

    /// <summary>Returns the predictions of the authors' code (<see cref="FixedFrameDynamics"/>).</summary>
    /// <param name="descent">Gradient descent with learning rate eta.</param>
    public static IReadOnlyList<ITrajectory> FixedFrames(GradientDescent descent) =>
    [
        new PredictedTrajectory(FixedFrameName, "predicted, fixed frame", (from, _, v) =>
            FixedFrameDynamics.Step(from, v, descent.LearningRate)),
        new PredictedTrajectory(GeneralizedFixedFrameName, "generalized prediction, fixed frame", (from, _, v) =>
            FixedFrameDynamics.GeneralizedStep(descent.Objective, from, v, descent.LearningRate)),
    ];

    /// <inheritdoc/>
    public SelfStabilizationState Start(Tensor theta) => Made(
        () => Constrained.Start(theta),
        (trajectory, constrained) => trajectory.Start(theta, constrained));

    /// <inheritdoc/>
    public SelfStabilizationState Step(SelfStabilizationState state) => Made(
        () => Constrained.Step(state.Constrained),
        (trajectory, constrained) => state[trajectory.Name] is { } at ? trajectory.Step(at, state.Constrained, constrained) : null);

    /// <inheritdoc/>
    public void Save(SelfStabilizationState state, Snapshot to)
    {
        Constrained.Save(state.Constrained, to.Part(ConstrainedName));
        to.Set("followed", string.Join(' ', state.Followed));
        foreach (var trajectory in Trajectories)
            if (state[trajectory.Name] is { } at) trajectory.Save(at, to.Part(trajectory.Name));
    }

    /// <inheritdoc/>
    public SelfStabilizationState Restored(Snapshot from)
    {
        var followed = from.Word("followed").Split(' ');
        return Made(
            () => Constrained.Restored(from.Part(ConstrainedName)),
            (trajectory, _) => followed.Contains(trajectory.Name) ? trajectory.Restored(from.Part(trajectory.Name)) : null);
    }

    /// <summary>Computes a state of all trajectories. If one of them cannot be computed, those already computed are
    /// disposed.</summary>
    private SelfStabilizationState Made(Func<ConstrainedPoint> reference, Func<ITrajectory, ConstrainedPoint, TrajectoryState?> trajectory)
    {
        using var scope = NewDisposeScope();
        var constrained = reference();
        var states = new Dictionary<string, TrajectoryState>(StringComparer.Ordinal);
        try
        {
            foreach (var one in Trajectories)
                if (trajectory(one, constrained) is { } state) states.Add(one.Name, state);
            return new(constrained, states);
        }
        catch
        {
            constrained.Dispose();
            foreach (var state in states.Values) state.Dispose();
            throw;
        }
    }
}

/// <summary>The trajectories at one step.</summary>
public sealed class SelfStabilizationState : IDisposable
{
    private readonly IReadOnlyDictionary<string, TrajectoryState> _states;

    internal SelfStabilizationState(ConstrainedPoint constrained, IReadOnlyDictionary<string, TrajectoryState> states) =>
        (Constrained, _states) = (constrained, states);

    /// <summary>The reference.</summary>
    public ConstrainedPoint Constrained { get; }

    /// <summary>The point of gradient descent.</summary>
    /// <exception cref="KeyNotFoundException">Gradient descent is not followed.</exception>
    public Point Descent => _states[SelfStabilization.DescentName].Point!;

    /// <summary>The names of the trajectories that are not lost.</summary>
    public IEnumerable<string> Followed => _states.Keys;

    /// <summary>The state of the named trajectory; null if it is not followed, or lost.</summary>
    public TrajectoryState? this[string name] => _states.GetValueOrDefault(name);

    /// <summary>Returns the displacement of the named trajectory [p], owned by the state or the caller; null if it is not
    /// followed, or lost.</summary>
    public Tensor? Displacement(string name) => this[name]?.Displacement(Constrained);

    /// <inheritdoc/>
    public void Dispose()
    {
        Constrained.Dispose();
        foreach (var state in _states.Values) state.Dispose();
    }
}
