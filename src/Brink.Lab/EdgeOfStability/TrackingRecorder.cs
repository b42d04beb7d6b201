using Brink.Algebra;
using Brink.Dynamics;
using Brink.Dynamics.Stabilization;
using Brink.Objectives;
using Brink.Runs;
using Brink.Spectra;

namespace Brink.Lab;

/// <summary>Writes the measurements of each state of the tracked phase (docs/reference/run-format.md lists the series) and their
/// summary.</summary>
internal sealed class TrackingRecorder(
    RunWriter run,
    IObjective objective,
    EigenpairParameters tracking,
    double learningRate,
    int sharpnessEvery,
    long instabilityStep,
    IReadOnlyList<ITrajectory> trajectories) : IDisposable
{
    /// <summary>Tracked steps over which the error of the prediction is summarized: about one cycle of the
    /// quickstart.</summary>
    private const int PredictionWindow = 150;

    private readonly double _threshold = 2 / learningRate;
    private readonly Dictionary<string, EigenpairTracker> _trackers = [];
    private readonly HashSet<string> _lost = [];
    private readonly Error _predicted = new(), _generalized = new();
    private double? _constraintError, _alignmentError;   // the largest so far
    private long _activeSteps, _notConverged, _mostDirections;
    private string? _notFinite;   // the first non-finite number of a state

    /// <summary>Number of recorded states minus one.</summary>
    public long Tracked { get; private set; }

    /// <summary>The last sharpness measured on gradient descent.</summary>
    public double Sharpness { get; private set; } = double.NaN;

    /// <summary>Records one state, as an observer of the loop; ends the loop at a number that is not finite.</summary>
    public string? Record(long tracked, SelfStabilizationState state)
    {
        using var scope = NewDisposeScope();
        _notFinite = null;
        var step = instabilityStep + tracked;
        Tracked = tracked;
        var dagger = state.Constrained;

        // Eigenvalues off the constrained trajectory are half of the cost of a step.
        var measured = tracked % sharpnessEvery == 0;
        RecordConstrained(step, dagger);
        foreach (var trajectory in trajectories)
        {
            if (state[trajectory.Name] is { } at) Record(step, trajectory, at, dagger, measured);
            else if (_lost.Add(trajectory.Name))
                run.AddEvent(step, EdgeSchema.LostEvent, $"{trajectory.Name}: {trajectory.WhenLost}");
        }
        return _notFinite;
    }

    /// <summary>Writes the results of the whole phase into the manifest.</summary>
    /// <param name="notConverged">Number of measurements by other recorders that did not converge.</param>
    public void Summarize(long notConverged)
    {
        run.Set(EdgeSchema.TrackedSteps, Tracked);
        run.Set(EdgeSchema.ActiveSteps, _activeSteps);
        run.Set(EdgeSchema.MostDirections, _mostDirections);
        run.Set(EdgeSchema.NotConverged, _notConverged + notConverged);
        run.Set(EdgeSchema.MaxConstraintError, _constraintError);
        run.Set(EdgeSchema.MaxAlignmentError, _alignmentError);
        run.Set(EdgeSchema.PredictionWindow, PredictionWindow);
        run.Set(EdgeSchema.PredictionErrorMean, _predicted.Mean);
        run.Set(EdgeSchema.PredictionErrorMax, _predicted.Max);
        run.Set(EdgeSchema.GeneralizedErrorMean, _generalized.Mean);
        run.Set(EdgeSchema.GeneralizedErrorMax, _generalized.Max);
    }

    /// <summary>Saves the state that the next measurements and the summary need.</summary>
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
        Add(EdgeSchema.Constrained, EdgeSchema.Loss, step, dagger.Loss);
        Add(EdgeSchema.Constrained, EdgeSchema.Sharpness, step, dagger.Sharpness);
        Add(EdgeSchema.Directions, step, dagger.Directions.shape[0]);
        Add(EdgeSchema.Held, step, dagger.Projection.Held);
        Add(EdgeSchema.Constrained, EdgeSchema.Distance, step, 0);
        Add(EdgeSchema.GradientNorm, step, dagger.GradientNorm);
        Add(EdgeSchema.TangentialGradientNorm, step, dagger.TangentialGradientNorm);
        Add(EdgeSchema.Alpha, step, dagger.Alpha);
        Add(EdgeSchema.Beta, step, dagger.Beta);
        Add(EdgeSchema.DeltaSquared, step, dagger.DeltaSquared);
        Add(EdgeSchema.Covariance, step, dagger.Covariance.trace().ToDouble());
        Add(EdgeSchema.Gamma, step, dagger.Gamma);
        Add(EdgeSchema.NewtonX, step, dagger.NewtonX);
        Add(EdgeSchema.Multiplier, step, dagger.Projection.Multiplier);
        Add(EdgeSchema.ConstraintError, step, constraintError);
        Add(EdgeSchema.AlignmentError, step, alignmentError);
        Add(EdgeSchema.Rounds, step, dagger.Projection.Rounds);
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
        if (!dagger.Pairs.Converged) run.Add(EdgeSchema.Constrained, RunSchema.NotConverged(EdgeSchema.Sharpness), step, dagger.Sharpness);
        Repaired(step, EdgeSchema.Constrained, dagger.Pairs);
        if (!dagger.Active) return;
        _activeSteps++;
        _constraintError = Larger(_constraintError, constraintError);
        _alignmentError = Larger(_alignmentError, alignmentError);
    }

    /// <summary>Writes loss and sharpness at the point of a trajectory, and its displacement from the constrained
    /// one.</summary>
    private void Record(long step, ITrajectory trajectory, TrajectoryState at, ConstrainedPoint dagger, bool measured)
    {
        var (name, v) = (trajectory.Name, at.Displacement(dagger));
        using var predicted = at.Point is null ? new Point(objective, dagger.Theta + v) { WantsGradient = false } : null;
        var point = predicted ?? at.Point!;
        // First: the loss then comes from the expansion that the sharpness needs.
        var pairs = measured ? Measured(name, point) : null;
        Add(name, EdgeSchema.Loss, step, point.Loss);
        if (pairs is not null) RecordSharpness(step, name, pairs);
        if (name == EdgeSchema.Descent && pairs is not null) Sharpness = pairs.Values[0];
        if (trajectory.IsNear) RecordCoordinates(step, name, dagger, v, isPrediction: predicted is not null);
        Add(name, EdgeSchema.Distance, step, v.norm().ToDouble());
        if (pairs is null || Tracked >= PredictionWindow) return;
        var error = Math.Abs(pairs.Values[0] - Sharpness) / _threshold;
        if (name == EdgeSchema.Predicted) _predicted.Add(error);
        else if (name == EdgeSchema.Generalized) _generalized.Add(error);
    }

    /// <summary>Writes x [k] and the largest eigenvalue of Lambda + Y [k,k]; for a prediction also the sharpness by its Taylor
    /// expansion.</summary>
    private void RecordCoordinates(long step, string process, ConstrainedPoint dagger, Tensor v, bool isPrediction)
    {
        var (x, Y) = PredictedDynamics.Coordinates(dagger, v);
        for (var i = 0; i < x.shape[0]; i++) Add(process, EdgeSchema.Along(EdgeSchema.X, i + 1), step, x[i].ToDouble());
        var average = dagger.Curvature + Y;
        Add(process, EdgeSchema.Y, step, Largest(average) - dagger.Sharpness);
        if (!isPrediction) return;
        // Lambda + Y averages over the two sides of an oscillation; the slopes along the directions distinguish them.
        Add(process, EdgeSchema.SharpnessAverage, step, Largest(average));
        Add(process, EdgeSchema.SharpnessTaylor, step, Largest(average + SymmetricVector.Matrix(dagger.Slopes.mv(x))));
    }

    private static double Largest(Tensor matrix) => matrix.isfinite().all().ToBoolean()
        ? linalg.eigvalsh(matrix).max().ToDouble()
        : double.NaN;

    private Eigenpairs Measured(string process, Point point)
    {
        if (!_trackers.TryGetValue(process, out var tracker)) _trackers[process] = tracker = new(tracking);
        return tracker.Track(point.Expansion.Hessian(point.Theta));
    }

    private void RecordSharpness(long step, string process, Eigenpairs pairs)
    {
        Add(process, EdgeSchema.Sharpness, step, pairs.Values[0]);
        Repaired(step, process, pairs);
        if (pairs.Converged) return;
        run.Add(process, RunSchema.NotConverged(EdgeSchema.Sharpness), step, pairs.Values[0]);
        NotConverged(step, $"the sharpness of {process}: residual {pairs.Residuals[0]:g3}");
    }

    private void Repaired(long step, string process, Eigenpairs pairs)
    {
        if (pairs.Repairs > 0)
            run.AddEvent(step, EdgeSchema.RepairedEvent, $"{process}: the eigenvector basis was repaired {pairs.Repairs} times");
    }

    private void NotConverged(long step, string what)
    {
        _notConverged++;
        run.AddEvent(step, RunSchema.NotConvergedEvent, what);
    }

    private void Add(string process, string name, long step, double value) => Add(new(process, name), step, value);

    private void Add(SeriesKey key, long step, double value)
    {
        run.Add(key, step, value);
        if (!double.IsFinite(value)) _notFinite ??= $"{key.Name} of {key.Process} is {value} at step {step}";
    }

    // A NaN stays NaN, as in Math.Max.
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
