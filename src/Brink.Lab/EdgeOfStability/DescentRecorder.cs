using Brink.Algebra;
using Brink.Dynamics;
using Brink.Runs;

namespace Brink.Lab;

/// <summary>Writes the steps of the run to instability; where the run goes back, discards the steps that it repeats.</summary>
internal sealed class DescentRecorder(RunWriter run)
{
    private int _last = -1;

    /// <summary>The last sharpness measured at the midpoint.</summary>
    public double Sharpness { get; private set; } = double.NaN;

    public void Save(Snapshot to)
    {
        to.Set("last", _last);
        to.Set("sharpness", Sharpness);
    }

    public void Restore(Snapshot from) => (_last, Sharpness) = ((int)from.Whole("last"), from.Number("sharpness"));

    public void Record(DescentStep step)
    {
        if (step.Step <= _last) run.DiscardFrom(step.Step);
        _last = step.Step;
        run.Add(EdgeSchema.Descent, EdgeSchema.Loss, step.Step, step.Loss);
        if (step is not { Sharpness: { } measured, Pairs: { } pairs }) return;
        Sharpness = measured;
        run.Add(EdgeSchema.Descent, EdgeSchema.SharpnessMidpoint, step.Step, measured);
        if (pairs.Converged) return;
        run.Add(EdgeSchema.Descent, RunSchema.NotConverged(EdgeSchema.SharpnessMidpoint), step.Step, measured);
        run.AddEvent(step.Step, RunSchema.NotConvergedEvent, "the sharpness at the midpoint");
    }
}
