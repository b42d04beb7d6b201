using Brink.Dynamics;
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
    private Point _gd;
    private FlowPoint _gf;
    private ConstrainedPoint _dagger;
    private Tensor _v;

    /// <param name="constrained">Of the objective.</param>
    /// <param name="theta">At the edge [p].</param>
    public TrackedPhase(ConstrainedTrajectory constrained, Tensor theta)
    {
        using var scope = NewDisposeScope();
        (_constrained, _objective, _eta) = (constrained, constrained.Objective, constrained.LearningRate);
        (_descent, _flow) = (new(_objective, _eta), new(_objective, _eta, 1e-7));
        (_gd, _gf, _dagger) = (_descent.Start(theta), _flow.Start(theta), _constrained.Start(theta));
        _v = (theta - _dagger.Theta).DetachFromDisposeScope();
    }

    public void Step()
    {
        using var scope = NewDisposeScope();
        Sharpness("gd", _gd);
        Sharpness("flow", _gf.Point);
        using (var predicted = new Point(_objective, _dagger.Theta + _v)) Sharpness("predicted", predicted);
        using var last = new Moment(_gd, _gf, _dagger, _v);
        (_gd, _gf, _dagger) = (_descent.Step(last.Gd), _flow.Step(last.Gf), _constrained.Step(last.Dagger));
        _v = PredictedDynamics.Step(last.Dagger, _dagger, last.V, _eta).DetachFromDisposeScope();
    }

    public void Dispose()
    {
        new Moment(_gd, _gf, _dagger, _v).Dispose();
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
