using Brink.Algebra;
using Brink.Dynamics;

namespace Brink.Steering;

/// <summary>A policy for the learning rate: after each step it accepts or undoes the step, and chooses the rate of the next one.
/// Derived records are the parameters.</summary>
public abstract record SteeringPolicy
{
    /// <summary>True if the policy reads Hessian products at the points, which then come from one expansion with the
    /// gradient.</summary>
    public virtual bool NeedsCurvature => false;

    /// <summary>Returns the state before the first step, which the caller owns.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The loss is not finite, or a parameter is out of its range.</exception>
    public abstract SteeringState Start(SteeringPoint at);

    /// <summary>Decides about the last step by the point that it led to.</summary>
    /// <param name="state">State at the point before; the caller keeps it.</param>
    /// <param name="at">Point after the step.</param>
    /// <returns>The state of the next step, from the new point or from the old one, which the caller owns, and the
    /// decision.</returns>
    public abstract (SteeringState State, SteeringDecision Decision) Next(SteeringState state, SteeringPoint at);

    /// <summary>The multiple after a number of further steps that are all accepted, as far as the policy knows it without the
    /// points.</summary>
    /// <param name="state">State at a point.</param>
    /// <param name="steps">Number of steps.</param>
    public virtual double MultipleAfter(SteeringState state, int steps) => state.Multiple;

    /// <summary>Saves a state.</summary>
    /// <param name="state">State to save; it must outlive the snapshot.</param>
    /// <param name="to">Receives the state.</param>
    public abstract void Save(SteeringState state, Snapshot to);

    /// <summary>Restores a saved state, which the caller owns.</summary>
    public abstract SteeringState Restored(Snapshot from);
}

/// <summary>The state of a policy at a point.</summary>
/// <param name="Multiple">The rate of the next step, as a multiple of the rate that the training itself chooses.</param>
public abstract record SteeringState(double Multiple) : IDisposable
{
    /// <summary>Frees the tensors of the state.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}

/// <summary>What a policy sees at a point.</summary>
/// <param name="Step">Number of accepted steps that led to it.</param>
/// <param name="Point">The point, with its loss and gradient on the batch of the next step.</param>
/// <param name="LearningRate">The rate that the training chooses.</param>
/// <param name="Update">Returns the displacement [p] of the next step at a rate of 1; the point owns it.</param>
/// <param name="Gain">Gain of the optimizer (<see cref="UpdateRule.Gain"/>).</param>
/// <param name="Preconditioner">Returns the diagonal [p] of the optimizer's preconditioner, in the caller's dispose scope; null where it
/// is the identity.</param>
public sealed record SteeringPoint(
    long Step, Point Point, double LearningRate, Func<Tensor> Update, double Gain, Func<Tensor?> Preconditioner)
{
    /// <summary>Loss at the point.</summary>
    public double Loss => Point.Loss;
}

/// <summary>What a policy decides about a step.</summary>
public enum SteeringDecision
{
    /// <summary>The step stays.</summary>
    Accept,

    /// <summary>The step is undone, and repeated at a smaller rate.</summary>
    Undo,

    /// <summary>The step is undone, and no smaller rate is tried: the training stops.</summary>
    GiveUp,
}
