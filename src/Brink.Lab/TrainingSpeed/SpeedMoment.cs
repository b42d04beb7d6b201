using Brink.Algebra;
using Brink.Dynamics;
using Brink.Objectives;
using Brink.Spectra;

namespace Brink.Lab;

/// <summary>A descent or the flow of a speed study at one step.</summary>
/// <param name="Point">Current point.</param>
/// <param name="Time">Sum of the step lengths so far.</param>
/// <param name="Length">Length of the next step: eta, or 1/S.</param>
/// <param name="Pairs">Measures the sharpness at the point when called.</param>
internal sealed record SpeedMoment(Point Point, double Time, double Length, Func<Eigenpairs> Pairs);

/// <summary>Measures the sharpness at nearby points; each measurement starts from the last one.</summary>
internal sealed class WarmSharpness(IObjective curvature, EigenpairParameters tracking) : IDisposable
{
    private EigenpairTracker _tracker = new(tracking);

    /// <summary>Returns the largest eigenpairs of the Hessian at a point. The tracker owns them: they are valid until the next
    /// call.</summary>
    public Eigenpairs At(Point point)
    {
        using var expansion = curvature.ExpandAt(point.Theta);
        return _tracker.Track(expansion.Hessian(point.Theta));
    }

    public void Save(Snapshot to) => _tracker.Save(to);

    public void Restore(Snapshot from) => _tracker = EigenpairTracker.Restored(tracking, from);

    public void Dispose() => _tracker.Dispose();
}
