using Brink.Runs;

namespace Brink.Reports;

/// <summary>Sentences about the measurements of a stability monitor.</summary>
internal static class MonitorStory
{
    /// <summary>The effective sharpness at the edge of stability.</summary>
    private const double Edge = 2;

    public static IEnumerable<string> Of(RunReader run)
    {
        var (sharpness, effective) = (run.Points(MonitorSchema.Sharpness), run.Points(MonitorSchema.EffectiveSharpness));
        // Checkpoints whose learning rate is not known have a sharpness only.
        var measured = effective.Count > 0 ? effective : sharpness;
        if (measured.Count == 0) yield break;
        var loss = run.Points(MonitorSchema.Loss);
        yield return $"In {Story.N(measured.Count)} measurements until step {Story.N(measured[^1].Step)} the loss on the probe went from"
            + $" {Story.Finite(loss[0].Value)} to {Story.Finite(loss[^1].Value)}.";
        SeriesPoint[] finite = [.. effective.Where(point => double.IsFinite(point.Value))];
        if (finite.Length < effective.Count)
        {
            yield return $"The curvature was not finite in {Story.N(effective.Count - finite.Length)} of {Story.N(effective.Count)}"
                + $" measurements, the first time at step {Story.N(effective.First(point => !double.IsFinite(point.Value)).Step)}.";
        }
        if (finite.Length > 0) yield return Position(finite, finite.MaxBy(point => point.Value));
        if (effective.Count == 0)
        {
            yield return $"The sharpness went from {Story.Finite(sharpness[0].Value)} to {Story.Finite(sharpness[^1].Value)}."
                + " The learning rate is not known, and therefore not the edge of stability.";
        }
        foreach (var sentence in SpikeSentences.Of(loss, sharpness, Story.N)) yield return sentence;
        if (run.Points(MonitorSchema.LargestStableLearningRate) is [.., var rate])
        {
            yield return rate.Value switch
            {
                double.NaN => "The largest stable learning rate at the last measurement is not known.",
                double.PositiveInfinity =>
                    "No direction had a positive curvature at the last measurement, so that the curvature does not limit the"
                        + " learning rate.",
                _ => $"The largest stable learning rate at the last measurement was {Story.N(rate.Value)}.",
            };
        }
        if (run.Manifest().Get(MonitorSchema.WarmUp) is { Target: { } target } warmUp)
        {
            yield return $"A warm-up to {Story.N(target)} "
                + (warmUp.End is { } end ? $"may end at step {Story.N(end)}" : "has no predicted end") + $": {warmUp.Reason}.";
        }
        if (run.Points(MonitorSchema.OverheadSeries) is [.., var overhead])
            yield return $"The measurements took {Story.Percent(overhead.Value)} of the time.";
    }

    private static string Position(SeriesPoint[] effective, SeriesPoint highest)
    {
        var most = $"at most {Story.N(highest.Value)}, at step {Story.N(highest.Step)}";
        long[] above = [.. effective.Where(point => point.Value > Edge).Select(point => point.Step)];
        return above is [var first, ..]
            ? $"The effective sharpness passed the edge of stability, {Story.N(Edge)}, at step {Story.N(first)}; it was above it in"
                + $" {Story.N(above.Length)} of {Story.N(effective.Length)} measurements, and {most}."
            : $"The effective sharpness did not exceed {Story.N(Edge)}, the edge of stability: it was {most}.";
    }
}
