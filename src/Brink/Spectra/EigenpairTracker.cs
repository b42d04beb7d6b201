using Brink.Algebra;

namespace Brink.Spectra;

/// <summary>The algebraically largest eigenpairs of a slowly changing symmetric operator, each call starting
/// where the last one ended.</summary>
/// <remarks>
/// <para>Rayleigh-Ritz on a growing orthonormal basis (<see cref="RitzBasis"/>): the residuals of the Ritz vectors that are still
/// open extend it until all are small. From a single row it spans Lanczos' Krylov space, and it restarts thick; from a good start
/// it is Davidson's method, with what is known of the rest of the spectrum as its preconditioner.</para>
/// <para>Largest algebraic, never largest magnitude: a large negative curvature does not count as sharpness.
/// The tolerance is a residual relative to the eigenvalue, ||A v - lambda v|| at most tol |lambda|, whatever
/// the dimension.</para>
/// <para>Where the operator says at which parameters it stands, the wanted vectors start where their path leads
/// (<see cref="EigenvectorPath"/>); mostly one product with each of them then only confirms it.</para>
/// <para>Warm starts can be blind: where the old eigenvectors are still exact, residuals say nothing of a
/// new, larger eigenvalue outside their span. Hence guard vectors below the wanted pairs, to a loose
/// tolerance. The last of them takes a little noise and at least one step along its residual whenever they are refreshed: an
/// emerging eigenvalue grows in it, and is seen before it crosses. While the gap is wide compared to how fast it closes, they
/// may go without a refresh for some calls, and take more steps afterwards; what is said of them meanwhile is what was last
/// measured.</para>
/// <para>It owns what it gives: the pairs of a call live until the next one.</para>
/// </remarks>
public sealed class EigenpairTracker : IDisposable
{
    /// <param name="parameters">Of the next call.</param>
    /// <param name="from">A tracker that this one starts from, and that goes on by itself; null for a random start. What it holds
    /// is shared, not copied.</param>
    public EigenpairTracker(EigenpairParameters parameters, EigenpairTracker? from = null) =>
        (Parameters, State) = (parameters, from?.State?.Shared());

    /// <summary>Of the next call.</summary>
    public EigenpairParameters Parameters { get; set; }

    /// <summary>The pairs of the last call; null before the first.</summary>
    public Eigenpairs? Last => State?.Pairs;

    internal TrackerState? State { get; private set; }

    /// <summary>The pairs of A, the tracker's own: they live until the next call.</summary>
    public Eigenpairs Track(SymmetricOperator A)
    {
        if (Parameters.Pairs < 1 || Parameters.Guards < 1)
            throw new InvalidOperationException($"{Parameters.Pairs} pairs and {Parameters.Guards} guard vectors asked for; at least 1 of each");
        var next = new TrackerCall(Parameters, A, State).Next();
        State?.Dispose();
        State = next;
        return next.Pairs;
    }

    /// <summary>It must outlive the snapshot, unchanged.</summary>
    public void Save(Snapshot to) => State?.Save(to);

    public static EigenpairTracker Restored(EigenpairParameters parameters, Snapshot from) =>
        new(parameters) { State = from.Has("values") ? TrackerState.Restored(from) : null };

    public void Dispose() => State?.Dispose();
}
