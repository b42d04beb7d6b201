using Brink.Algebra;

namespace Brink.Steering;

/// <summary>CDAT: the rate of the edge along the update, sigma (-g.u) / |u.Hu|, with both means over recent steps (Roulet, Agarwala,
/// Grill, Swirszcz, Blondel and Pedregosa, NeurIPS 2024, equation 5).</summary>
/// <remarks>One Hessian product at each step. The rate does not depend on that of the training.</remarks>
/// <param name="Sigma">2: at the edge; 1: the minimum along the update.</param>
/// <param name="Decay">Decay of the running means.</param>
public sealed record CurvatureDynamicsAwareTuning(double Sigma = 2, double Decay = 0.9) : SteeringPolicy
{
    /// <inheritdoc/>
    public override bool NeedsCurvature => true;

    /// <inheritdoc/>
    public override SteeringState Start(SteeringPoint at)
    {
        var (fall, curvature) = Along(at);
        return Of(fall, curvature, 1, at.LearningRate);
    }

    /// <inheritdoc/>
    public override (SteeringState State, SteeringDecision Decision) Next(SteeringState state, SteeringPoint at)
    {
        var last = (Means)state;
        if (!double.IsFinite(at.Loss)) return (last, SteeringDecision.GiveUp);
        var (fall, curvature) = Along(at);
        var next = Of(
            (Decay * last.Fall) + ((1 - Decay) * fall),
            (Decay * last.Curvature) + ((1 - Decay) * curvature),
            last.Multiple,
            at.LearningRate);
        return (next, SteeringDecision.Accept);
    }

    /// <inheritdoc/>
    public override void Save(SteeringState state, Snapshot to)
    {
        var means = (Means)state;
        to.Set("multiple", means.Multiple);
        to.Set("fall", means.Fall);
        to.Set("curvature", means.Curvature);
    }

    /// <inheritdoc/>
    public override SteeringState Restored(Snapshot from) =>
        new Means(from.Number("multiple"), from.Number("fall"), from.Number("curvature"));

    /// <param name="otherwise">Multiple where the update has no curvature, so that there is no edge.</param>
    private Means Of(double fall, double curvature, double otherwise, double learningRate) =>
        new(curvature > 0 ? Sigma * fall / curvature / learningRate : otherwise, fall, curvature);

    private static (double Fall, double Curvature) Along(SteeringPoint at)
    {
        using var scope = NewDisposeScope();
        var update = at.Update();
        var fall = -at.Point.Gradient.dot(update).ToDouble();
        return (Math.Max(0, fall), Math.Abs(update.dot(at.Point.Expansion.HessianTimes(update)).ToDouble()));
    }

    /// <summary>The running means of -g.u and of |u.Hu|.</summary>
    private sealed record Means(double Multiple, double Fall, double Curvature) : SteeringState(Multiple);
}
