using Brink.Algebra;
using Brink.Monitoring;

namespace Brink.Steering;

/// <summary>An optimizer in the flat parameters: its displacement [p] at a learning rate of 1.</summary>
public abstract record UpdateRule
{
    // Of Adam, where a second moment is 0.
    private protected const double Epsilon = 1e-8;

    /// <summary>Gain of the rule along an oscillation that changes sign at every step: a step of rate eta is stable while eta times the
    /// gain times the curvature in the rule's metric is below 2.</summary>
    public abstract double Gain { get; }

    /// <summary>Returns the moments before the first step at theta [p].</summary>
    public abstract Moments Start(Tensor theta);

    /// <summary>Returns the displacement [p] at a rate of 1, in the caller's dispose scope, and the moments after it, which the caller
    /// owns.</summary>
    /// <param name="at">Moments before the step.</param>
    /// <param name="gradient">Gradient [p].</param>
    public abstract (Tensor Update, Moments Next) Step(Moments at, Tensor gradient);

    /// <summary>Returns the diagonal [p] of the preconditioner, in the caller's dispose scope; null where it is the identity.</summary>
    /// <param name="next">Moments after the step.</param>
    public virtual Tensor? Preconditioner(Moments next) => null;
}

/// <summary>Gradient descent: -g.</summary>
public sealed record PlainRule : UpdateRule
{
    /// <inheritdoc/>
    public override double Gain => 1;

    /// <inheritdoc/>
    public override Moments Start(Tensor theta) => new([], 0);

    /// <inheritdoc/>
    public override (Tensor Update, Moments Next) Step(Moments at, Tensor gradient) => (-gradient, new([], at.Steps + 1));
}

/// <summary>Heavy ball: -v with v = beta v + g.</summary>
public sealed record MomentumRule(double Beta) : UpdateRule
{
    /// <inheritdoc/>
    public override double Gain => StepGain.Momentum(Beta);

    /// <inheritdoc/>
    public override Moments Start(Tensor theta) => new([zeros_like(theta).DetachFromDisposeScope()], 0);

    /// <inheritdoc/>
    public override (Tensor Update, Moments Next) Step(Moments at, Tensor gradient)
    {
        var velocity = ((Beta * at.Vectors[0]) + gradient).DetachFromDisposeScope();
        return (-velocity, new([velocity], at.Steps + 1));
    }
}

/// <summary>Adam (Kingma and Ba, ICLR 2015, algorithm 1).</summary>
public sealed record AdamRule(double Beta1 = 0.9, double Beta2 = 0.999) : UpdateRule
{
    /// <inheritdoc/>
    public override double Gain => StepGain.Adam(Beta1);

    /// <inheritdoc/>
    public override Moments Start(Tensor theta) =>
        new([zeros_like(theta).DetachFromDisposeScope(), zeros_like(theta).DetachFromDisposeScope()], 0);

    /// <inheritdoc/>
    public override (Tensor Update, Moments Next) Step(Moments at, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        var mean = gradient.lerp(at.Vectors[0], Beta1).DetachFromDisposeScope();
        var square = gradient.square().lerp(at.Vectors[1], Beta2).DetachFromDisposeScope();
        var next = new Moments([mean, square], at.Steps + 1);
        return (scope.MoveToOuter(-mean / Preconditioner(next)), next);
    }

    /// <inheritdoc/>
    public override Tensor Preconditioner(Moments next)
    {
        using var scope = NewDisposeScope();
        var corrected = next.Vectors[1] / (1 - Math.Pow(Beta2, next.Steps));
        return scope.MoveToOuter((corrected.sqrt() + Epsilon) * (1 - Math.Pow(Beta1, next.Steps)));
    }
}

/// <summary>What an optimizer remembers.</summary>
/// <param name="Vectors">Running means [p]; the moments own them.</param>
/// <param name="Steps">Number of steps made.</param>
public sealed record Moments(IReadOnlyList<Tensor> Vectors, long Steps) : IDisposable
{
    /// <summary>Returns a copy that the caller owns.</summary>
    public Moments Copy() => new([.. Vectors.Select(vector => vector.clone().DetachFromDisposeScope())], Steps);

    /// <summary>Saves the moments.</summary>
    public void Save(Snapshot to)
    {
        to.Set("steps", Steps);
        to.Set("vectors", (long)Vectors.Count);
        for (var i = 0; i < Vectors.Count; i++) to.Set($"vector_{i}", Vectors[i]);
    }

    /// <summary>Restores saved moments, which the caller owns.</summary>
    public static Moments Restored(Snapshot from) =>
        new([.. Enumerable.Range(0, (int)from.Whole("vectors")).Select(i => from.Tensor($"vector_{i}"))], from.Whole("steps"));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var vector in Vectors) vector.Dispose();
    }
}
