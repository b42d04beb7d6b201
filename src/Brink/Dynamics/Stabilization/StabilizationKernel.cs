using Brink.Algebra;

namespace Brink.Dynamics.Stabilization;

/// <summary>The kernel beta_{s->t}: the effect of a push along grad-perp S at step s on the sharpness at step t + 1.</summary>
/// <remarks>beta_{s->t} = grad-perp S_{t+1} . A_t ... A_{s+1} grad-perp S_s with A_r = (I - eta H_r) P_r^perp (Damian et al.
/// 2023, the lemma that solves the predicted dynamics: y_{t+1} = eta sum_s beta_{s->t} (delta_s^2 - x_s^2) / 2), for the first
/// direction of the frame.</remarks>
/// <param name="Start">Step s.</param>
/// <param name="Push">A_t ... A_{s+1} grad-perp S_s [p], to be multiplied by grad-perp S at step t + 1.</param>
public sealed record StabilizationKernel(long Start, Tensor Push) : IDisposable
{
    /// <summary>Returns the kernel of step s, at its point.</summary>
    public static StabilizationKernel From(long step, ConstrainedPoint at) =>
        new(step, at.SharpnessGradient.clone().DetachFromDisposeScope());

    /// <summary>Returns beta_{s->t}, at the point of step t + 1.</summary>
    public double At(ConstrainedPoint next) => next.SharpnessGradient.dot(Push).ToDouble();

    /// <summary>Returns the kernel one step later; this takes a Hessian product at the point of step t + 1.</summary>
    public StabilizationKernel Step(ConstrainedPoint next, double eta)
    {
        using var scope = NewDisposeScope();
        var orthogonal = Orthonormal.ProjectOut(Push, next.Directions);
        return this with { Push = (orthogonal - eta * next.Expansion.HessianTimes(orthogonal)).DetachFromDisposeScope() };
    }

    /// <summary>Saves the kernel, which must outlive the snapshot.</summary>
    public void Save(Snapshot to)
    {
        to.Set("start", Start);
        to.Set("push", Push);
    }

    /// <summary>Restores a saved kernel, which the caller owns.</summary>
    public static StabilizationKernel Restored(Snapshot from) => new(from.Whole("start"), from.Tensor("push"));

    /// <inheritdoc/>
    public void Dispose() => Push.Dispose();
}
