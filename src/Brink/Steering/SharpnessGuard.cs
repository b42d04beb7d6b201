using Brink.Algebra;
using Brink.Spectra;

namespace Brink.Steering;

/// <summary>A rate that never exceeds the edge: the smaller of the training's rate and a share of 2/S, with S tracked at every step in
/// the metric of the optimizer.</summary>
/// <remarks>What is often built first. Below the edge nothing stops the sharpening, so that the rate sinks for as long as the training
/// lasts (Roulet et al. 2024, section 3).</remarks>
/// <param name="Share">Share of 2/S.</param>
/// <param name="Tolerance">Relative residual tolerance of S.</param>
/// <param name="Seed">Seed of the tracker's start.</param>
public sealed record SharpnessGuard(double Share = 1, double Tolerance = 1e-2, long Seed = 0) : SteeringPolicy
{
    /// <inheritdoc/>
    public override bool NeedsCurvature => true;

    private EigenpairParameters Tracking => new(1, Tolerance, MaxProducts: 50, Seed: Seed);

    /// <inheritdoc/>
    public override SteeringState Start(SteeringPoint at) => At(at, null);

    /// <inheritdoc/>
    public override (SteeringState State, SteeringDecision Decision) Next(SteeringState state, SteeringPoint at)
    {
        var last = (TrackedRate)state;
        return double.IsFinite(at.Loss)
            ? (At(at, last.Tracker), SteeringDecision.Accept)
            : (new TrackedRate(last.Multiple, new(Tracking, last.Tracker)), SteeringDecision.GiveUp);
    }

    /// <inheritdoc/>
    public override void Save(SteeringState state, Snapshot to) => ((TrackedRate)state).Save(to);

    /// <inheritdoc/>
    public override SteeringState Restored(Snapshot from) => TrackedRate.Restored(from, Tracking);

    private TrackedRate At(SteeringPoint at, EigenpairTracker? last)
    {
        using var scope = NewDisposeScope();
        var scale = at.Preconditioner()?.rsqrt();
        var expansion = at.Point.Expansion;
        var hessian = new SymmetricOperator(
            at.Point.Theta.shape[0],
            at.Point.Theta.dtype,
            scale is null ? expansion.HessianTimes : v => scale * expansion.HessianTimes(scale * v));
        var tracker = new EigenpairTracker(Tracking, last);
        var sharpness = tracker.Track(hessian).Values[0];
        var most = sharpness > 0 ? Share * 2 / (at.LearningRate * at.Gain * sharpness) : double.PositiveInfinity;
        return new(Math.Min(1, most), tracker);
    }
}
