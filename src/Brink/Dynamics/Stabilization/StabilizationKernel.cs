using Brink.Algebra;

namespace Brink.Dynamics.Stabilization;

/// <summary>beta_{s->t}: how much of a push along grad-perp S at step s is still felt in the sharpness at step t + 1.</summary>
/// <remarks>beta_{s->t} = grad-perp S_{t+1} . A_t ... A_{s+1} grad-perp S_s with A_r = (I - eta H_r) P_r^perp (Damian et al.
/// 2023, the lemma that solves the predicted dynamics: y_{t+1} = eta sum_s beta_{s->t} (delta_s^2 - x_s^2) / 2). Of the first
/// direction of the frame.</remarks>
/// <param name="Start">s.</param>
/// <param name="Push">A_t ... A_{s+1} grad-perp S_s [p], to be met by the point of step t + 1.</param>
public sealed record StabilizationKernel(long Start, Tensor Push) : IDisposable
{
    /// <summary>The kernel of step s, at its point.</summary>
    public static StabilizationKernel From(long step, ConstrainedPoint at) =>
        new(step, at.SharpnessGradient.clone().DetachFromDisposeScope());

    /// <summary>beta_{s->t}, at the point of step t + 1.</summary>
    public double At(ConstrainedPoint next) => next.SharpnessGradient.dot(Push).ToDouble();

    /// <summary>The kernel one step later; it takes a Hessian product at the point of step t + 1.</summary>
    public StabilizationKernel Step(ConstrainedPoint next, double eta)
    {
        using var scope = NewDisposeScope();
        var beside = Orthonormal.ProjectOut(Push, next.Directions);
        return this with { Push = (beside - eta * next.Expansion.HessianTimes(beside)).DetachFromDisposeScope() };
    }

    public void Save(Snapshot to)
    {
        to.Set("start", Start);
        to.Set("push", Push);
    }

    public static StabilizationKernel Restored(Snapshot from) => new(from.Whole("start"), from.Tensor("push"));

    public void Dispose() => Push.Dispose();
}
