using Brink.Algebra;
using Brink.Objectives;

namespace Brink.Dynamics;

/// <summary>Gradient descent: theta_{t+1} = theta_t - eta grad L(theta_t).</summary>
public sealed record GradientDescent(IObjective Objective, double LearningRate) : IResumable<Point>
{
    /// <inheritdoc/>
    public Point Start(Tensor theta) => new(Objective, theta.clone());

    /// <inheritdoc/>
    public Point Step(Point state)
    {
        using var scope = NewDisposeScope();
        return new(Objective, state.Theta - LearningRate * state.Gradient);
    }

    /// <inheritdoc/>
    public void Save(Point state, Snapshot to) => state.Save(to);

    /// <inheritdoc/>
    public Point Restored(Snapshot from) => Point.Restored(Objective, from);
}
