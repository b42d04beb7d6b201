using Brink.Algebra;
using Brink.Spectra;

namespace Brink.Steering;

/// <summary>The state of a policy that follows eigenpairs from step to step.</summary>
internal sealed record TrackedRate(double Multiple, EigenpairTracker Tracker) : SteeringState(Multiple)
{
    public static TrackedRate Restored(Snapshot from, EigenpairParameters tracking) =>
        new(from.Number("multiple"), EigenpairTracker.Restored(tracking, from.Part("tracker")));

    public void Save(Snapshot to)
    {
        to.Set("multiple", Multiple);
        Tracker.Save(to.Part("tracker"));
    }

    public override void Dispose()
    {
        Tracker.Dispose();
        base.Dispose();
    }
}
