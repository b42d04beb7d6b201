using Brink.Algebra;
using Brink.Objectives;
using Brink.Spectra;

namespace Brink.Dynamics.Stabilization;

/// <summary>Descent with half of the largest stable step, theta_{t+1} = theta_t - grad L(theta_t) / S(theta_t), so that it
/// follows gradient flow without oscillation.</summary>
/// <remarks>The training speed study of the authors' code (Damian et al. 2023) calls it flow.</remarks>
/// <param name="Objective">Loss L.</param>
/// <param name="Curvature">Loss whose sharpness is S: L, or, to save cost, L over some of the samples.</param>
/// <param name="Tracking">Parameters of the eigenpair tracker, whose first pair is S; each step's tracker starts from the
/// previous one.</param>
public sealed record SharpnessFlow(IObjective Objective, IObjective Curvature, EigenpairParameters Tracking)
    : IResumable<SharpnessFlowPoint>
{
    /// <inheritdoc/>
    public SharpnessFlowPoint Start(Tensor theta) => At(theta.clone(), time: 0, from: null);

    /// <exception cref="ArithmeticException">S is not positive and finite.</exception>
    public SharpnessFlowPoint Step(SharpnessFlowPoint state)
    {
        using var scope = NewDisposeScope();
        var sharpness = state.Pairs.Values[0];
        if (!(sharpness > 0) || double.IsInfinity(sharpness))
            throw new ArithmeticException(
                $"the sharpness is {sharpness:g4}; the sharpness flow needs a positive, finite one for its steps of 1/S");
        var step = 1 / sharpness;
        return At(state.Point.Theta - step * state.Point.Gradient, state.Time + step, state.Tracker);
    }

    /// <inheritdoc/>
    public void Save(SharpnessFlowPoint state, Snapshot to)
    {
        state.Point.Save(to);
        state.Tracker.Save(to.Part("pairs"));
        to.Set("time", state.Time);
    }

    /// <inheritdoc/>
    public SharpnessFlowPoint Restored(Snapshot from) =>
        new(Point.Restored(Objective, from), EigenpairTracker.Restored(Tracking, from.Part("pairs")), from.Number("time"));

    private SharpnessFlowPoint At(Tensor theta, double time, EigenpairTracker? from)
    {
        using var scope = NewDisposeScope();
        using var expansion = Curvature.ExpandAt(theta);
        var tracker = new EigenpairTracker(Tracking, from);
        tracker.Track(expansion.Hessian(theta));
        return new(new Point(Objective, theta), tracker, time);
    }
}

/// <summary>A point, the top eigenpairs there, and the sum of the steps that led to it.</summary>
public sealed class SharpnessFlowPoint : IDisposable
{
    internal SharpnessFlowPoint(Point point, EigenpairTracker tracker, double time) =>
        (Point, Tracker, Time) = (point, tracker, time);

    /// <summary>The point, with its loss and gradient.</summary>
    public Point Point { get; }

    /// <summary>The top eigenpairs of the Hessian of the curvature loss at the point; the first value is the sharpness S.</summary>
    public Eigenpairs Pairs => Tracker.Last!;

    /// <summary>The sum of the steps 1/S that led to the point; 0 at the start.</summary>
    public double Time { get; }

    /// <summary>The tracker that found the pairs; the next step's tracker starts from it.</summary>
    internal EigenpairTracker Tracker { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Point.Dispose();
        Tracker.Dispose();
    }
}
