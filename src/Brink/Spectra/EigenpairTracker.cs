using Brink.Algebra;

namespace Brink.Spectra;

/// <summary>Tracks the algebraically largest eigenpairs of a slowly changing symmetric operator; each call starts from the
/// result of the previous one.</summary>
/// <remarks>
/// <para>The method is Rayleigh-Ritz on a growing orthonormal basis (<see cref="RitzBasis"/>): the residuals of unconverged
/// Ritz vectors extend the basis until all are small. From a single row it spans the Krylov space of Lanczos, with thick
/// restarts. From a good start the method is Davidson's, preconditioned by the known part of the spectrum.</para>
/// <para>Largest is algebraic, not in magnitude: a large negative curvature does not count as sharpness. The tolerance is a
/// residual relative to the eigenvalue, ||A v - lambda v|| at most tol |lambda|, whatever the dimension.</para>
/// <para>If the operator gives its parameters, the wanted vectors start from the prediction of their path
/// (<see cref="EigenvectorPath"/>); usually one product with each of them then only confirms it.</para>
/// <para>Residuals of a warm start can miss an eigenvalue: where the old eigenvectors are still exact, they do not show a new,
/// larger one outside their span. Guard vectors below the wanted pairs, to a loose tolerance, detect it. On a refresh the last
/// guard vector is perturbed and expanded by at least one residual, so that an emerging eigenvalue is detected before it
/// crosses. While the gap is wide relative to its rate of closing, that step, or the whole refresh, is skipped for some calls,
/// and more steps follow afterwards. Guard values reported meanwhile are the last measured ones.</para>
/// <para>The tracker owns the returned pairs: they are valid until the next call.</para>
/// </remarks>
public sealed class EigenpairTracker : IDisposable
{
    /// <param name="parameters">Parameters of the next call.</param>
    /// <param name="from">Tracker that this one starts from; null for a random start. Its state is shared, not copied; both
    /// trackers continue independently.</param>
    public EigenpairTracker(EigenpairParameters parameters, EigenpairTracker? from = null) =>
        (Parameters, State) = (parameters, from?.State?.Shared());

    /// <summary>The parameters of the next call.</summary>
    public EigenpairParameters Parameters { get; set; }

    /// <summary>The pairs of the last call; null before the first.</summary>
    public Eigenpairs? Last => State?.Pairs;

    internal TrackerState? State { get; private set; }

    /// <summary>Computes the pairs of A. The tracker owns them: they are valid until the next call.</summary>
    public Eigenpairs Track(SymmetricOperator A)
    {
        if (Parameters.Pairs < 1 || Parameters.Guards < 1)
            throw new InvalidOperationException(
                $"Pairs is {Parameters.Pairs} and Guards is {Parameters.Guards}; both must be at least 1");
        var next = new TrackerCall(Parameters, A, State).Next();
        State?.Dispose();
        State = next;
        return next.Pairs;
    }

    /// <summary>Saves the state. The tracker must outlive the snapshot, unchanged.</summary>
    public void Save(Snapshot to) => State?.Save(to);

    /// <summary>Restores a saved tracker, which the caller owns. If nothing was saved, the tracker has a random start.</summary>
    /// <param name="parameters">Parameters of the next call.</param>
    /// <param name="from">Snapshot with the saved state.</param>
    public static EigenpairTracker Restored(EigenpairParameters parameters, Snapshot from) =>
        new(parameters) { State = from.Has("values") ? TrackerState.Restored(from) : null };

    /// <inheritdoc/>
    public void Dispose() => State?.Dispose();
}
