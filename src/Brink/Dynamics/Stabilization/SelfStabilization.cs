using Brink.Algebra;

namespace Brink.Dynamics.Stabilization;

/// <summary>Gradient descent, gradient flow, the constrained trajectory and both predicted dynamics, side by
/// side from one point at the edge of stability (Damian et al. 2023, section 5 and the
/// experiments).</summary>
/// <param name="Descent">Gradient descent with learning rate eta.</param>
/// <param name="Flow">Over eta a step.</param>
/// <param name="Constrained">The frame of the predictions.</param>
/// <param name="FixedFrames">Whether the predictions of the authors' code are followed as well
/// (<see cref="FixedFrameDynamics"/>).</param>
public sealed record SelfStabilization(
    GradientDescent Descent, GradientFlow Flow, ConstrainedTrajectory Constrained, bool FixedFrames = false)
    : IResumable<SelfStabilizationState>
{
    public SelfStabilizationState Start(Tensor theta)
    {
        using var scope = NewDisposeScope();
        var constrained = Constrained.Start(theta);
        var v = theta - constrained.Theta;
        return new(
            Descent.Start(theta), Flow.Start(theta), constrained, v, v.clone(), FixedFrames ? v.clone() : null, FixedFrames ? v.clone() : null);
    }

    public SelfStabilizationState Step(SelfStabilizationState state)
    {
        using var scope = NewDisposeScope();
        // The flow first: it alone may throw, and then there is nothing to free yet.
        var flow = Flow.Step(state.Flow);
        var constrained = Constrained.Step(state.Constrained);
        return new(
            Descent.Step(state.Descent),
            flow,
            constrained,
            Kept(constrained, state.Predicted is { } predicted
                ? PredictedDynamics.Step(state.Constrained, constrained, predicted, Descent.LearningRate)
                : null),
            Kept(constrained, state.Generalized is { } generalized
                ? GeneralizedPredictedDynamics.Step(
                    Descent.Objective, state.Constrained, constrained, generalized, Descent.LearningRate)
                : null),
            Kept(constrained, state.FixedFrame is { } plain
                ? FixedFrameDynamics.Step(state.Constrained, plain, Descent.LearningRate)
                : null),
            Kept(constrained, state.GeneralizedFixedFrame is { } force
                ? FixedFrameDynamics.GeneralizedStep(Descent.Objective, state.Constrained, force, Descent.LearningRate)
                : null));
    }

    public void Save(SelfStabilizationState state, Snapshot to)
    {
        Descent.Save(state.Descent, to.Part("descent"));
        Flow.Save(state.Flow, to.Part("flow"));
        Constrained.Save(state.Constrained, to.Part("constrained"));
        if (state.Predicted is { } predicted) to.Set("predicted", predicted);
        if (state.Generalized is { } generalized) to.Set("generalized", generalized);
        if (state.FixedFrame is { } plain) to.Set("fixed_frame", plain);
        if (state.GeneralizedFixedFrame is { } force) to.Set("generalized_fixed_frame", force);
    }

    public SelfStabilizationState Restored(Snapshot from) => new(
        Descent.Restored(from.Part("descent")),
        Flow.Restored(from.Part("flow")),
        Constrained.Restored(from.Part("constrained")),
        from.Has("predicted") ? from.Tensor("predicted") : null,
        from.Has("generalized") ? from.Tensor("generalized") : null,
        from.Has("fixed_frame") ? from.Tensor("fixed_frame") : null,
        from.Has("generalized_fixed_frame") ? from.Tensor("generalized_fixed_frame") : null);

    /// <summary>A displacement longer than theta itself is no prediction: the expansion that it rests on ended long before.
    /// It is lost from there on, and the others go on.</summary>
    private static Tensor? Kept(ConstrainedPoint at, Tensor? v) =>
        v is not null && v.norm().ToDouble() <= Math.Max(1, at.Theta.norm().ToDouble()) ? v : null;
}

/// <summary>The trajectories at one step.</summary>
public sealed class SelfStabilizationState : IDisposable
{
    internal SelfStabilizationState(
        Point descent,
        FlowPoint flow,
        ConstrainedPoint constrained,
        Tensor? predicted,
        Tensor? generalized,
        Tensor? fixedFrame = null,
        Tensor? generalizedFixedFrame = null)
    {
        (Descent, Flow, Constrained) = (descent, flow, constrained);
        (Predicted, Generalized) = (predicted?.DetachFromDisposeScope(), generalized?.DetachFromDisposeScope());
        (FixedFrame, GeneralizedFixedFrame) = (fixedFrame?.DetachFromDisposeScope(), generalizedFixedFrame?.DetachFromDisposeScope());
    }

    public Point Descent { get; }

    public FlowPoint Flow { get; }

    public ConstrainedPoint Constrained { get; }

    /// <summary>Predicted displacement from the constrained trajectory [p]; null once it is lost.</summary>
    public Tensor? Predicted { get; }

    /// <summary>The same by the generalized prediction [p].</summary>
    public Tensor? Generalized { get; }

    /// <summary>Displacement by the prediction of the authors' code [p]; null where it is not followed, or lost.</summary>
    public Tensor? FixedFrame { get; }

    /// <summary>The same by their generalized prediction [p].</summary>
    public Tensor? GeneralizedFixedFrame { get; }

    public void Dispose()
    {
        Descent.Dispose();
        Flow.Dispose();
        Constrained.Dispose();
        Predicted?.Dispose();
        Generalized?.Dispose();
        FixedFrame?.Dispose();
        GeneralizedFixedFrame?.Dispose();
    }
}
