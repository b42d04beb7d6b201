using Brink.Algebra;
using Brink.Dynamics;
using Brink.Dynamics.Stabilization;
using Brink.Objectives;
using Brink.Runs;
using Brink.Spectra;

namespace Brink.Lab;

/// <summary>Writes the second to the k-th largest eigenvalue of the Hessian along gradient descent and the constrained
/// trajectory, each measured by a tracker of its own: the trajectories and their sharpness keep their bits for every k.</summary>
/// <remarks>Beyond the k-th, and with k = 1 from the second on, it writes the eigenvalues that the constrained trajectory
/// computes anyway: those of its further directions and of its guard vector.</remarks>
/// <param name="run">Writer of the run.</param>
/// <param name="tracking">Number k of eigenvalues, and their tolerance.</param>
internal sealed class EigenvalueRecorder(RunWriter run, EigenpairParameters tracking) : IDisposable
{
    private readonly Dictionary<string, EigenpairTracker> _trackers = [];

    /// <summary>The number of measurements that did not converge.</summary>
    public long NotConverged { get; private set; }

    /// <summary>Writes the eigenvalues at the midpoint of a step of the run to instability, where its sharpness was
    /// measured.</summary>
    public void Record(DescentStep step)
    {
        if (tracking.Pairs > 1 && step.Hessian is { } hessian)
            Measure(step.Step, EdgeSchema.Descent, EdgeSchema.EigenvalueMidpoint, hessian);
    }

    /// <summary>Writes the eigenvalues at a state of the tracked phase.</summary>
    /// <param name="step">Steps from the initial parameters.</param>
    /// <param name="state">State at that step.</param>
    /// <param name="measured">True if the sharpness of gradient descent is measured at this state.</param>
    /// <returns>The first value that is not finite, as a reason to end the loop; null if there is none.</returns>
    public string? Record(long step, SelfStabilizationState state, bool measured)
    {
        var (descent, dagger) = (state.Descent, state.Constrained);
        for (var i = tracking.Pairs; i < dagger.Pairs.Values.Count; i++)
            run.Add(EdgeSchema.Eigenvalue(i + 1), step, dagger.Pairs.Values[i]);
        if (tracking.Pairs == 1 || !measured) return null;
        var ofDescent = Measure(
            step, EdgeSchema.Descent, n => EdgeSchema.Eigenvalue(EdgeSchema.Descent, n), descent.Expansion.Hessian(descent.Theta));
        var ofDagger = Measure(step, EdgeSchema.Constrained, EdgeSchema.Eigenvalue, dagger.Expansion.Hessian(dagger.Theta));
        return ofDescent ?? ofDagger;
    }

    /// <summary>Saves the state that the next measurements need.</summary>
    public void Save(Snapshot to)
    {
        if (tracking.Pairs == 1) return;
        to.Set("processes", string.Join(' ', _trackers.Keys));
        foreach (var (process, tracker) in _trackers) tracker.Save(to.Part(process));
        to.Set("not_converged", NotConverged);
    }

    public void Restore(Snapshot from)
    {
        if (tracking.Pairs == 1) return;
        foreach (var process in from.Word("processes").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            _trackers[process] = EigenpairTracker.Restored(tracking, from.Part(process));
        NotConverged = from.Whole("not_converged");
    }

    public void Dispose()
    {
        foreach (var tracker in _trackers.Values) tracker.Dispose();
    }

    private string? Measure(long step, string process, Func<int, SeriesKey> nth, SymmetricOperator hessian)
    {
        using var scope = NewDisposeScope();
        if (!_trackers.TryGetValue(process, out var tracker)) _trackers[process] = tracker = new(tracking);
        var pairs = tracker.Track(hessian);
        string? fault = null;
        for (var i = 1; i < Math.Min(tracking.Pairs, pairs.Values.Count); i++)
        {
            var (key, value) = (nth(i + 1), pairs.Values[i]);
            run.Add(key, step, value);
            if (!pairs.Converged) run.Add(key with { Name = RunSchema.NotConverged(key.Name) }, step, value);
            if (!double.IsFinite(value)) fault ??= $"{key.Name} of {process} is {value} at step {step}";
        }
        if (pairs.Repairs > 0)
        {
            run.AddEvent(
                step,
                EdgeSchema.RepairedEvent,
                $"the eigenvalues of {process}: {pairs.Repairs} times, the basis of their eigenvectors");
        }
        if (pairs.Converged) return fault;
        NotConverged++;
        run.AddEvent(step, RunSchema.NotConvergedEvent, $"the eigenvalues of {process}");
        return fault;
    }
}
