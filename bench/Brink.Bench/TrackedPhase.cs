using Brink.Dynamics;
using Brink.Dynamics.Stabilization;
using Brink.Objectives;
using Brink.Spectra;

namespace Brink.Bench;

/// <summary>The phase of <see cref="PaperLoop"/> as computed by Brink: descent, flow, constrained trajectory and prediction, the
/// sharpness of each, and the coefficients of the theory.</summary>
internal sealed class TrackedPhase : IDisposable
{
    private readonly IObjective _objective;
    private readonly double _eta;
    private readonly GradientDescent _descent;
    private readonly GradientFlow _flow;
    private readonly ConstrainedTrajectory _constrained;
    private readonly EigenpairTracker[] _trackers =
        [.. Enumerable.Range(0, 3).Select(_ => new EigenpairTracker(new(1, 1e-3, RefreshAfter: 8)))];
    private Moment _now;

    /// <summary>The point of the constrained trajectory.</summary>
    public ConstrainedPoint Constrained => _now.Dagger;

    /// <param name="constrained">Constrained trajectory, with the objective and the learning rate.</param>
    /// <param name="theta">Parameters [p] at the edge.</param>
    /// <param name="slopes">Loss that gradient flow differentiates; null for that of the trajectory.</param>
    public TrackedPhase(ConstrainedTrajectory constrained, Tensor theta, IObjective? slopes = null)
    {
        using var scope = NewDisposeScope();
        (_constrained, _objective, _eta) = (constrained, constrained.Objective, constrained.LearningRate);
        (_descent, _flow) = (new(_objective, _eta), new(_objective, _eta, 1e-7, slopes));
        var dagger = _constrained.Start(theta);
        _now = new(_descent.Start(theta), _flow.Start(theta), dagger, (theta - dagger.Theta).DetachFromDisposeScope());
    }

    public void Step()
    {
        using var scope = NewDisposeScope();
        using var last = _now;
        using (var predicted = new Point(_objective, last.Dagger.Theta + last.V) { WantsGradient = false })
            foreach (var (tracker, at) in _trackers.Zip([last.Gd, last.Gf.Point, predicted])) tracker.Track(at.Expansion.Hessian(at.Theta));
        var (gd, gf, dagger) = (_descent.Step(last.Gd), _flow.Step(last.Gf), _constrained.Step(last.Dagger));
        _now = new(gd, gf, dagger, PredictedDynamics.Step(last.Dagger, dagger, last.V, _eta).DetachFromDisposeScope());
    }

    public void Dispose()
    {
        _now.Dispose();
        foreach (var tracker in _trackers) tracker.Dispose();
    }

    private sealed record Moment(Point Gd, FlowPoint Gf, ConstrainedPoint Dagger, Tensor V) : IDisposable
    {
        public void Dispose()
        {
            Gd.Dispose();
            Gf.Dispose();
            Dagger.Dispose();
            V.Dispose();
        }
    }
}
