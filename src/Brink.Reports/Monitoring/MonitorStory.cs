using Brink.Runs;

namespace Brink.Reports;

/// <summary>Sentences about the measurements of a stability monitor.</summary>
internal static class MonitorStory
{
    private const double Edge = 2;

    public static IEnumerable<string> Of(RunReader run)
    {
        var effective = run.Points(MonitorSchema.EffectiveSharpness);
        if (effective.Count == 0) yield break;
        var loss = run.Points(MonitorSchema.Loss);
        var highest = effective.Where(point => double.IsFinite(point.Value)).MaxBy(point => point.Value);
        yield return $"In {effective.Count} measurements until step {effective[^1].Step} the loss on the probe went from"
            + $" {Story.N(loss[0].Value)} to {(double.IsFinite(loss[^1].Value) ? Story.N(loss[^1].Value) : "no number")}.";
        if (effective.FirstOrDefault(point => !double.IsFinite(point.Value)) is { } lost)
            yield return $"From step {lost.Step} the curvature was no number.";
        if (highest is not null)
        {
            yield return effective.FirstOrDefault(point => point.Value > Edge) is { } first
                ? $"The effective sharpness passed the edge of stability, {Story.N(Edge)}, at step {first.Step},"
                    + $" and was {Story.N(highest.Value)} at most, at step {highest.Step}."
                : $"The effective sharpness was {Story.N(highest.Value)} at most, at step {highest.Step}:"
                    + $" {Story.N(100 * (1 - (highest.Value / Edge)))} % below the edge of stability.";
        }
        if (run.Points(MonitorSchema.LargestStableLearningRate) is [.., var rate])
        {
            yield return rate.Value switch
            {
                double.NaN => "Which learning rate would be stable at the end is not known.",
                double.PositiveInfinity => "Nothing curves upwards at the end: any learning rate is stable there.",
                _ => $"The largest learning rate that is stable at the end is {Story.N(rate.Value)}.",
            };
        }
        if (run.Manifest().Get(MonitorSchema.WarmUp) is { Target: { } target } warmUp)
        {
            var end = warmUp.End is { } step ? $"at step {step}" : "at no step that can be foreseen";
            yield return $"A warm-up to {Story.N(target)} may end {end}: {warmUp.Reason}.";
        }
        if (run.Points(MonitorSchema.OverheadSeries) is [.., var overhead])
            yield return $"Measuring took {Story.N(100 * overhead.Value)} % of the time.";
    }
}
