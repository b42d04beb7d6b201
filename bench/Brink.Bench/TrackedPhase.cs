using Brink.Dynamics;
using Brink.Dynamics.Stabilization;
using Brink.Objectives;
using Brink.Spectra;

namespace Brink.Bench;

/// <summary>What <see cref="PaperLoop"/> records, by Brink: descent, flow, constrained trajectory and prediction, the sharpness of
/// each, and the theory's numbers.</summary>
internal sealed class TrackedPhase : IDisposable
{
    private readonly IObjective _objective;
    private readonly double _eta;
    private readonly GradientDescent _descent;
    private readonly GradientFlow _flow;
    private readonly ConstrainedTrajectory _constrained;
    private readonly EigenpairTracker _tracker = new(1, 1e-3, Rests: 8);
    private readonly Dictionary<string, Eigenpairs> _warm = [];
    private Moment _now;

    /// <param name="constrained">Of the objective.</param>
    /// <param name="theta">At the edge [p].</param>
    public TrackedPhase(ConstrainedTrajectory constrained, Tensor theta)
    {
        using var scope = NewDisposeScope();
        (_constrained, _objective, _eta) = (constrained, constrained.Objective, constrained.LearningRate);
        (_descent, _flow) = (new(_objective, _eta), new(_objective, _eta, 1e-7));
        var dagger = _constrained.Start(theta);
        _now = new(_descent.Start(theta), _flow.Start(theta), dagger, (theta - dagger.Theta).DetachFromDisposeScope());
    }

    public void Step()
    {
        using var scope = NewDisposeScope();
        using var last = _now;
        Sharpness("gd", last.Gd);
        Sharpness("flow", last.Gf.Point);
        using (var predicted = new Point(_objective, last.Dagger.Theta + last.V)) Sharpness("predicted", predicted);
        var (gd, gf, dagger) = (_descent.Step(last.Gd), _flow.Step(last.Gf), _constrained.Step(last.Dagger));
        _now = new(gd, gf, dagger, PredictedDynamics.Step(last.Dagger, dagger, last.V, _eta).DetachFromDisposeScope());
    }

    public void Dispose()
    {
        _now.Dispose();
        foreach (var pairs in _warm.Values) pairs.Dispose();
    }

    private void Sharpness(string process, Point at)
    {
        var last = _warm.GetValueOrDefault(process);
        _warm[process] = _tracker.Track(at.Expansion.Hessian(at.Theta), last);
        last?.Dispose();
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
