using Brink.Algebra;
using Brink.Dynamics;
using Brink.Dynamics.Stabilization;
using Brink.Objectives;
using Brink.Runs;
using Brink.Spectra;

namespace Brink.Lab;

/// <summary>Writes what is measured on each state of the tracked phase (docs/run-format.md lists the series),
/// and sums up.</summary>
internal sealed class TrackingRecorder(
    RunWriter run,
    IObjective objective,
    EigenpairParameters tracking,
    double learningRate,
    int sharpnessEvery,
    long instabilityStep,
    bool fixedFrames = false) : IDisposable
{
    /// <summary>Tracked steps over which the prediction's error is summed up: about one cycle of the
    /// quickstart.</summary>
    private const int PredictionWindow = 150;

    private readonly double _threshold = 2 / learningRate;
    private readonly Dictionary<string, EigenpairTracker> _trackers = [];
    private readonly HashSet<string> _lost = [];
    private readonly Error _predicted = new(), _generalized = new();
    private double? _constraintError, _alignmentError;   // the largest so far
    private long _activeSteps, _notConverged, _mostDirections;
    private string? _notFinite;   // the first such number of a state

    /// <summary>States seen less one.</summary>
    public long Tracked { get; private set; }

    /// <summary>Of gradient descent, the last one measured.</summary>
    public double Sharpness { get; private set; } = double.NaN;

    /// <summary>An observer of the loop: it ends it where a number is not one.</summary>
    public string? Record(long tracked, SelfStabilizationState state)
    {
        using var scope = NewDisposeScope();
        _notFinite = null;
        var step = instabilityStep + tracked;
        Tracked = tracked;
        var (descent, flow, dagger) = (state.Descent, state.Flow.Point, state.Constrained);

        // Eigenvalues off the constrained trajectory are half of what a step costs.
        var measured = tracked % sharpnessEvery == 0;
        Add("gd", "loss", step, descent.Loss);
        if (measured) Sharpness = SharpnessAt("gd", step, descent);
        AddDisplacement("gd", step, dagger, descent.Theta - dagger.Theta);

        Add("flow", "loss", step, flow.Loss);
        if (measured) SharpnessAt("flow", step, flow);
        Add("flow", "distance", step, (flow.Theta - dagger.Theta).norm().ToDouble());

        RecordConstrained(step, dagger);
        RecordPrediction("predicted", step, dagger, state.Predicted, measured ? _predicted : null);
        RecordPrediction("generalized", step, dagger, state.Generalized, measured ? _generalized : null);
        if (!fixedFrames) return _notFinite;
        RecordPrediction("predicted_fixed_frame", step, dagger, state.FixedFrame, measured ? new() : null);
        RecordPrediction("generalized_fixed_frame", step, dagger, state.GeneralizedFixedFrame, measured ? new() : null);
        return _notFinite;
    }

    /// <summary>What the whole phase came to, for the manifest.</summary>
    public IEnumerable<(string Key, object? Value)> Results() =>
    [
        ("tracked_steps", Tracked),
        ("active_steps", _activeSteps),
        ("most_directions", _mostDirections),
        ("not_converged", _notConverged),
        ("max_constraint_error", _constraintError),
        ("max_alignment_error", _alignmentError),
        ("prediction_window", PredictionWindow),
        ("prediction_error_mean", _predicted.Mean),
        ("prediction_error_max", _predicted.Max),
        ("generalized_error_mean", _generalized.Mean),
        ("generalized_error_max", _generalized.Max),
    ];

    /// <summary>What the next states are measured and summed up with.</summary>
    public void Save(Snapshot to)
    {
        to.Set("tracked", Tracked);
        to.Set("sharpness", Sharpness);
        to.Set("warm", string.Join(' ', _trackers.Keys));
        foreach (var (process, tracker) in _trackers) tracker.Save(to.Part($"warm_{process}"));
        to.Set("lost", string.Join(' ', _lost));
        _predicted.Save(to.Part("predicted"));
        _generalized.Save(to.Part("generalized"));
        if (_constraintError is { } constraintError) to.Set("constraint_error", constraintError);
        if (_alignmentError is { } alignmentError) to.Set("alignment_error", alignmentError);
        to.Set("active_steps", _activeSteps);
        to.Set("not_converged", _notConverged);
        to.Set("most_directions", _mostDirections);
    }

    public void Restore(Snapshot from)
    {
        (Tracked, Sharpness) = (from.Whole("tracked"), from.Number("sharpness"));
        foreach (var process in Names("warm")) _trackers[process] = EigenpairTracker.Restored(tracking, from.Part($"warm_{process}"));
        _lost.UnionWith(Names("lost"));
        _predicted.Restore(from.Part("predicted"));
        _generalized.Restore(from.Part("generalized"));
        if (from.Has("constraint_error")) _constraintError = from.Number("constraint_error");
        if (from.Has("alignment_error")) _alignmentError = from.Number("alignment_error");
        _activeSteps = from.Whole("active_steps");
        _notConverged = from.Whole("not_converged");
        _mostDirections = from.Whole("most_directions");

        string[] Names(string list) => from.Word(list).Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    public void Dispose()
    {
        foreach (var tracker in _trackers.Values) tracker.Dispose();
    }

    private void RecordConstrained(long step, ConstrainedPoint dagger)
    {
        var constraintError = dagger.Projection.Violation / _threshold;
        var alignmentError = dagger.Alignment / dagger.GradientNorm;
        Add("constrained", "loss", step, dagger.Loss);
        Add("constrained", "sharpness", step, dagger.Sharpness);
        for (var i = 1; i < dagger.Pairs.Values.Count; i++)
            Add("constrained", $"eigenvalue_{i + 1}", step, dagger.Pairs.Values[i]);
        Add("constrained", "directions", step, dagger.Directions.shape[0]);
        Add("constrained", "held", step, dagger.Projection.Held);
        Add("constrained", "distance", step, 0);
        Add("constrained", "gradient_norm", step, dagger.GradientNorm);
        Add("constrained", "gradient_norm_beside", step, dagger.GradientNormBeside);
        Add("constrained", "alpha", step, dagger.Alpha);
        Add("constrained", "beta", step, dagger.Beta);
        Add("constrained", "delta_squared", step, dagger.DeltaSquared);
        Add("constrained", "covariance", step, dagger.Covariance.trace().ToDouble());
        Add("constrained", "gamma", step, dagger.Gamma);
        Add("constrained", "newton_x", step, dagger.NewtonX);
        Add("constrained", "multiplier", step, dagger.Projection.Multiplier);
        Add("constrained", "constraint_error", step, constraintError);
        Add("constrained", "alignment_error", step, alignmentError);
        Add("constrained", "rounds", step, dagger.Projection.Rounds);
        _mostDirections = Math.Max(_mostDirections, dagger.Directions.shape[0]);
        if (!dagger.Projection.Converged)
        {
            NotConverged(
                step,
                $"the projection: the sharpness is off by {constraintError:g3} of 2/eta,"
                    + $" |u.g| is {alignmentError:g3} of ||g||");
        }
        else if (!dagger.Pairs.Converged)
        {
            NotConverged(step, "the eigenvectors of the constrained trajectory");
        }
        if (!dagger.Pairs.Converged) run.Add("constrained", "sharpness_not_converged", step, dagger.Sharpness);
        Repaired(step, "constrained", dagger.Pairs);
        if (!dagger.Active) return;
        _activeSteps++;
        _constraintError = Larger(_constraintError, constraintError);
        _alignmentError = Larger(_alignmentError, alignmentError);
    }

    /// <summary>Loss and sharpness exactly at theta-dagger + v, and the sharpness by its Taylor
    /// expansion.</summary>
    /// <param name="process">predicted or generalized.</param>
    /// <param name="step">From the initial parameters.</param>
    /// <param name="dagger">Where v starts.</param>
    /// <param name="v">Predicted displacement [p]; null once it is lost.</param>
    /// <param name="error">What the error of the sharpness is added to; null where the sharpness is not measured.</param>
    private void RecordPrediction(string process, long step, ConstrainedPoint dagger, Tensor? v, Error? error)
    {
        if (v is null)
        {
            if (_lost.Add(process)) run.AddEvent(step, "prediction_lost", $"{process}: its displacement is longer than theta");
            return;
        }
        using var point = new Point(objective, dagger.Theta + v);
        var sharpness = error is null ? double.NaN : SharpnessAt(process, step, point);
        Add(process, "loss", step, point.Loss);
        var (x, average) = AddDisplacement(process, step, dagger, v);
        // Lambda + Y averages over the two sides of an oscillation; the slopes along the directions tell them apart.
        Add(process, "sharpness_average", step, Largest(average));
        Add(process, "sharpness_taylor", step, Largest(average + SymmetricVector.Matrix(dagger.Slopes.mv(x))));
        if (Tracked < PredictionWindow) error?.Add(Math.Abs(sharpness - Sharpness) / _threshold);
    }

    /// <returns>x [k] and Lambda + Y [k,k].</returns>
    private (Tensor X, Tensor Average) AddDisplacement(string process, long step, ConstrainedPoint dagger, Tensor v)
    {
        var (x, Y) = PredictedDynamics.Coordinates(dagger, v);
        for (var i = 0; i < x.shape[0]; i++) Add(process, i == 0 ? "x" : $"x_{i + 1}", step, x[i].ToDouble());
        var average = dagger.Curvature + Y;
        Add(process, "y", step, Largest(average) - dagger.Sharpness);
        Add(process, "distance", step, v.norm().ToDouble());
        return (x, average);
    }

    private static double Largest(Tensor matrix) => matrix.isfinite().all().ToBoolean()
        ? linalg.eigvalsh(matrix).max().ToDouble()
        : double.NaN;

    private double SharpnessAt(string process, long step, Point point)
    {
        if (!_trackers.TryGetValue(process, out var tracker)) _trackers[process] = tracker = new(tracking);
        var pairs = tracker.Track(point.Expansion.Hessian(point.Theta));
        Add(process, "sharpness", step, pairs.Values[0]);
        Repaired(step, process, pairs);
        if (!pairs.Converged)
        {
            run.Add(process, "sharpness_not_converged", step, pairs.Values[0]);
            NotConverged(step, $"the sharpness of {process}: residual {pairs.Residuals[0]:g3}");
        }
        return pairs.Values[0];
    }

    private void Repaired(long step, string process, Eigenpairs pairs)
    {
        if (pairs.Repairs > 0)
            run.AddEvent(step, "orthogonality_repaired", $"{process}: {pairs.Repairs} times, the basis of its eigenvectors");
    }

    private void NotConverged(long step, string what)
    {
        _notConverged++;
        run.AddEvent(step, "not_converged", what);
    }

    private void Add(string process, string name, long step, double value)
    {
        run.Add(process, name, step, value);
        if (!double.IsFinite(value)) _notFinite ??= $"{name} of {process} is {value} at step {step}";
    }

    // A NaN stays one, as Math.Max would have it.
    private static double Larger(double? soFar, double value) =>
        soFar is { } largest ? Math.Max(largest, value) : value;

    private sealed class Error
    {
        private double _sum;
        private int _count;

        public double? Max { get; private set; }

        public double? Mean => _count == 0 ? null : _sum / _count;

        public void Save(Snapshot to)
        {
            to.Set("sum", _sum);
            to.Set("count", _count);
            if (Max is { } max) to.Set("max", max);
        }

        public void Restore(Snapshot from) =>
            (_sum, _count, Max) = (from.Number("sum"), (int)from.Whole("count"), from.Has("max") ? from.Number("max") : null);

        public void Add(double value)
        {
            _sum += value;
            _count++;
            Max = Larger(Max, value);
        }
    }
}
