using Brink.Algebra;

namespace Brink.Steering;

/// <summary>A learning rate that depends on the step alone: a policy that accepts every step whose loss is finite.</summary>
public abstract record RateSchedule : SteeringPolicy
{
    /// <inheritdoc/>
    public sealed override SteeringState Start(SteeringPoint at) => At(0);

    /// <inheritdoc/>
    public sealed override (SteeringState State, SteeringDecision Decision) Next(SteeringState state, SteeringPoint at) =>
        double.IsFinite(at.Loss) ? (At(at.Step), SteeringDecision.Accept) : (state, SteeringDecision.GiveUp);

    /// <inheritdoc/>
    public sealed override void Save(SteeringState state, Snapshot to) => to.Set("multiple", state.Multiple);

    /// <inheritdoc/>
    public sealed override SteeringState Restored(Snapshot from) => new Scheduled(from.Number("multiple"));

    /// <summary>Returns the multiple of the rate after a number of steps.</summary>
    protected abstract double MultipleAfter(long steps);

    private Scheduled At(long steps) => new(MultipleAfter(steps));

    private sealed record Scheduled(double Multiple) : SteeringState(Multiple);
}

/// <summary>A constant rate.</summary>
public sealed record ConstantRate : RateSchedule
{
    /// <inheritdoc/>
    protected override double MultipleAfter(long steps) => 1;
}

/// <summary>Half a period of a cosine, from the rate to 0 (Loshchilov and Hutter, ICLR 2017, without restarts).</summary>
/// <param name="Steps">Steps of the training.</param>
public sealed record CosineRate(long Steps) : RateSchedule
{
    /// <inheritdoc/>
    protected override double MultipleAfter(long steps) => 0.5 * (1 + Math.Cos(Math.PI * Math.Min(1, (double)steps / Steps)));
}

/// <summary>A linear warm-up, a constant rate, and a linear decay to 0 (Hu et al. 2024, "WSD").</summary>
/// <param name="Steps">Steps of the training.</param>
/// <param name="WarmUp">Share of the steps for the warm-up.</param>
/// <param name="Decay">Share of the steps for the decay.</param>
public sealed record WarmUpStableDecay(long Steps, double WarmUp = 0.05, double Decay = 0.2) : RateSchedule
{
    /// <inheritdoc/>
    protected override double MultipleAfter(long steps)
    {
        var passed = (double)(steps + 1) / Steps;
        return Math.Clamp(Math.Min(passed / WarmUp, (1 - passed) / Decay), 0, 1);
    }
}
