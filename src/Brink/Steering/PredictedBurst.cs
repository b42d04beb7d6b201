using Brink.Algebra;
using Brink.Spectra;

namespace Brink.Steering;

/// <summary>A rate that is cut before a burst of self-stabilization that the predicted dynamics foresees: a reference that shows what
/// foresight costs.</summary>
/// <remarks>
/// <para>At each step: the top eigenpair and the <see cref="BurstMap"/> there. If its loss excess S x^2 / 2 rises above the tolerance
/// within the horizon, the rate falls to a share of 2/S. For gradient descent.</para>
/// </remarks>
/// <param name="Horizon">Number of steps that the map is followed.</param>
/// <param name="Tolerance">Excess of the loss that is allowed, as a share of the loss.</param>
/// <param name="Share">Share of 2/S that the rate falls to.</param>
/// <param name="Recovery">Factor by which the rate grows at every other step, to at most the training's.</param>
/// <param name="TrackingTolerance">Relative residual tolerance of the eigenpair.</param>
/// <param name="Seed">Seed of the tracker's start.</param>
public sealed record PredictedBurst(
    int Horizon = 20,
    double Tolerance = 0.2,
    double Share = 0.9,
    double Recovery = 1.05,
    double TrackingTolerance = 1e-2,
    long Seed = 0) : SteeringPolicy
{
    /// <inheritdoc/>
    public override bool NeedsCurvature => true;

    private EigenpairParameters Tracking => new(1, TrackingTolerance, MaxProducts: 50, Seed: Seed);

    /// <inheritdoc/>
    public override SteeringState Start(SteeringPoint at) => At(at, 1, null);

    /// <inheritdoc/>
    public override (SteeringState State, SteeringDecision Decision) Next(SteeringState state, SteeringPoint at)
    {
        var last = (TrackedRate)state;
        return double.IsFinite(at.Loss)
            ? (At(at, Math.Min(1, last.Multiple * Recovery), last.Tracker), SteeringDecision.Accept)
            : (new TrackedRate(last.Multiple, new(Tracking, last.Tracker)), SteeringDecision.GiveUp);
    }

    /// <inheritdoc/>
    public override void Save(SteeringState state, Snapshot to) => ((TrackedRate)state).Save(to);

    /// <inheritdoc/>
    public override SteeringState Restored(Snapshot from) => TrackedRate.Restored(from, Tracking);

    private TrackedRate At(SteeringPoint at, double multiple, EigenpairTracker? last)
    {
        using var scope = NewDisposeScope();
        var expansion = at.Point.Expansion;
        var tracker = new EigenpairTracker(Tracking, last);
        var pairs = tracker.Track(new(at.Point.Theta.shape[0], at.Point.Theta.dtype, expansion.HessianTimes));
        var (sharpness, u) = (pairs.Values[0], pairs.Vectors[0]);
        if (!(sharpness > 0)) return new(multiple, tracker);
        var eta = multiple * at.LearningRate;
        var peak = BurstMap.Of(expansion, sharpness, u).Excesses(_ => eta).Take(Horizon).Max();
        return peak <= Tolerance * Math.Abs(at.Loss)
            ? new(multiple, tracker)
            : new(Math.Min(multiple, Share * 2 / (sharpness * at.LearningRate)), tracker);
    }
}
