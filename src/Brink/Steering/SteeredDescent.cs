using Brink.Algebra;
using Brink.Dynamics;
using Brink.Objectives;

namespace Brink.Steering;

/// <summary>Training under a policy: each step is made by an update rule at the policy's rate, and undone where the policy says
/// so.</summary>
/// <remarks>An attempt is one call of <see cref="Step"/>: it evaluates the loss and the gradient once, also where the step is undone. The
/// loss after a step is that of the next batch, which gives the next gradient.</remarks>
/// <param name="Loss">Returns the loss of an attempt: that of all samples, or of its batch, from 0.</param>
/// <param name="Rule">The update rule.</param>
/// <param name="Policy">The policy.</param>
/// <param name="LearningRate">Returns the rate that the training chooses after a number of accepted steps.</param>
public sealed record SteeredDescent(
    Func<long, IObjective> Loss, UpdateRule Rule, SteeringPolicy Policy, Func<long, double> LearningRate) : IResumable<SteeredState>
{
    /// <inheritdoc/>
    public SteeredState Start(Tensor theta)
    {
        using var scope = NewDisposeScope();
        var point = new Point(Loss(0), theta.clone());
        var fresh = new SteeredState(point, Rule.Start(theta)) { Bursts = BurstHistory.Empty };
        fresh.Steering = Policy.Start(Seen(fresh));
        return fresh;
    }

    /// <exception cref="ArithmeticException">The policy gave up at the step before.</exception>
    public SteeredState Step(SteeredState state)
    {
        if (state.Last?.Decision == SteeringDecision.GiveUp)
        {
            throw new ArithmeticException(
                $"step {state.Steps + 1}: the loss became {state.Last.Loss:g4}, and the policy tries no smaller rate");
        }
        using var scope = NewDisposeScope();
        var update = state.UpdateBy(Rule);
        var (multiple, rate) = (state.Steering!.Multiple, LearningRate(state.Steps));
        var theta = state.Point.Theta + (multiple * rate * update);
        var attempt = state.Attempt + 1;
        var next = new SteeredState(new(Loss(attempt), theta), state.After!.Copy())
        {
            Drawn = attempt,
            Attempt = attempt,
            Steps = state.Steps + 1,
            Bursts = state.Bursts,
        };
        var (steering, decision) = Policy.Next(state.Steering, Seen(next));
        var last = new SteeredStep(decision, next.Point.Loss, multiple);
        if (decision == SteeringDecision.Accept)
        {
            (next.Steering, next.Last, next.Bursts) = (steering, last, state.Bursts.Next(next.Steps, last.Loss));
            return next;
        }
        next.Dispose();
        var back = state.Copy(Loss);
        (back.Steering, back.Last, back.Attempt) = (steering, last, attempt);
        back.Bursts = state.Bursts.Undone(next.Steps, last.Loss, state.Point.Loss);
        return back;
    }

    /// <inheritdoc/>
    public void Save(SteeredState state, Snapshot to)
    {
        state.Save(to);
        Policy.Save(state.Steering!, to.Part("steering"));
    }

    /// <inheritdoc/>
    public SteeredState Restored(Snapshot from)
    {
        var state = SteeredState.Restored(from, Loss);
        state.Steering = Policy.Restored(from.Part("steering"));
        // The gradient of an expansion may differ from a plain one in its last bits.
        if (Policy.NeedsCurvature) _ = state.Point.Expansion;
        return state;
    }

    /// <summary>What the policy sees at a state.</summary>
    private SteeringPoint Seen(SteeredState state)
    {
        // The loss and the gradient then come from the expansion.
        if (Policy.NeedsCurvature) _ = state.Point.Expansion;
        return new(state.Steps, state.Point, LearningRate(state.Steps), () => state.UpdateBy(Rule), Rule.Gain, Preconditioner);

        Tensor? Preconditioner()
        {
            state.UpdateBy(Rule);
            return Rule.Preconditioner(state.After!);
        }
    }
}
