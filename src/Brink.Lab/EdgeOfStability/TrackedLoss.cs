using Brink.Algebra;
using Brink.Objectives;
using Brink.Runs;
using Brink.Spectra;

namespace Brink.Lab;

/// <summary>The loss of the tracked phase in the precision of the experiment, and the measurement of its rounding.</summary>
internal sealed class TrackedLoss
{
    // Share of a tolerance that rounding may take up.
    private const double Share = 0.5;

    // Of the eigenvector whose product shows the rounding.
    private const double RoughTolerance = 0.1;

    private readonly RunWriter _run;
    private readonly Experiment _experiment;
    private readonly MixedPrecision? _mixed;
    private double? _rounding;   // the largest so far

    /// <param name="run">Writer of the run.</param>
    /// <param name="experiment">Experiment.</param>
    /// <param name="exact">The loss in float64.</param>
    /// <param name="fast">The loss in float32.</param>
    /// <param name="isMixed">Whether the products are float32.</param>
    private TrackedLoss(RunWriter run, Experiment experiment, IObjective exact, IObjective fast, bool isMixed)
    {
        (_run, _experiment, _mixed) = (run, experiment, isMixed ? new(exact, fast) : null);
        Loss = _mixed ?? exact;
    }

    /// <summary>The loss.</summary>
    public IObjective Loss { get; }

    /// <summary>The loss whose gradient drives gradient flow.</summary>
    public IObjective Slopes => _mixed?.Rounded ?? Loss;

    /// <summary>Number of measured roundings above a tolerance.</summary>
    public long NotConverged { get; private set; }

    /// <summary>Selects the precision at the edge, and writes an event that says which.</summary>
    /// <param name="run">Writer of the run.</param>
    /// <param name="experiment">Experiment.</param>
    /// <param name="exact">The loss in float64.</param>
    /// <param name="fast">The loss in float32.</param>
    /// <param name="theta">Parameters at the edge [p].</param>
    /// <param name="step">Step of the edge.</param>
    public static TrackedLoss At(
        RunWriter run, Experiment experiment, IObjective exact, IObjective fast, Tensor theta, long step)
    {
        if (experiment.Tracking.Precision == TrackingPrecision.Float64) return new(run, experiment, exact, fast, isMixed: false);
        var (rounding, bound) = (RoundingOfTop(new(exact, fast), experiment, theta), Share * Tolerance(experiment));
        var isMixed = experiment.Tracking.Precision == TrackingPrecision.Mixed || rounding <= bound;
        run.AddEvent(
            step,
            EdgeSchema.PrecisionEvent,
            $"a float32 product with the top eigenvector is rounded by {rounding:g2} of it; half of the tolerance is {bound:g2}:"
                + $" products are {(isMixed ? "float32" : "float64")}");
        return new(run, experiment, exact, fast, isMixed);
    }

    /// <summary>Measures the rounding of a product with the top eigenvector, as an observer of the loop, every
    /// <see cref="TrackingSpec.TheoryEvery"/> steps.</summary>
    public void Measure(long tracked, long step, Dynamics.Stabilization.ConstrainedPoint dagger)
    {
        if (_mixed is null || tracked % _experiment.Tracking.TheoryEvery != 0) return;
        var rounding = _mixed.RoundingAt(dagger.Theta, dagger.Direction);
        _run.Add(EdgeSchema.ProductRounding, step, rounding);
        _rounding = _rounding is { } largest ? Math.Max(largest, rounding) : rounding;
        if (rounding <= Tolerance(_experiment)) return;
        NotConverged++;
        _run.AddEvent(
            step, RunSchema.NotConvergedEvent, $"float32 products: rounded by {rounding:g3}, the tolerance is {Tolerance(_experiment):g2}");
    }

    /// <summary>Writes the precision, and the largest measured rounding, into the manifest.</summary>
    public void Summarize()
    {
        _run.Set(EdgeSchema.ProductPrecision, _mixed is null ? "float64" : "float32");
        _run.Set(EdgeSchema.MaxProductRounding, _rounding);
    }

    public void Save(Snapshot to)
    {
        to.Set("mixed", _mixed is null ? 0 : 1);
        to.Set("not_converged", NotConverged);
        if (_rounding is { } rounding) to.Set("rounding", rounding);
    }

    /// <summary>Restores the selection and the measurements of a checkpoint.</summary>
    public static TrackedLoss Restored(RunWriter run, Experiment experiment, IObjective exact, IObjective fast, Snapshot from)
    {
        // A checkpoint without the selection is of a version that computed in float64 only.
        var loss = new TrackedLoss(run, experiment, exact, fast, isMixed: from.Has("mixed") && from.Whole("mixed") == 1);
        if (!from.Has("mixed")) return loss;
        loss.NotConverged = from.Whole("not_converged");
        if (from.Has("rounding")) loss._rounding = from.Number("rounding");
        return loss;
    }

    private static double Tolerance(Experiment experiment) =>
        Math.Min(experiment.Tracking.ConstraintTolerance, experiment.Tracking.EigenvectorTolerance);

    private static double RoundingOfTop(MixedPrecision mixed, Experiment experiment, Tensor theta)
    {
        using var scope = NewDisposeScope();
        using var expansion = mixed.CurvatureAt(theta);
        using var tracker = new EigenpairTracker(new(1, RoughTolerance, Seed: experiment.Seed));
        return mixed.RoundingAt(theta, tracker.Track(expansion.Hessian(theta)).Vectors[0]);
    }
}
