using Brink.Runs;

namespace Brink.Reports;

/// <summary>What a stability monitor saw, in plain words.</summary>
internal static class MonitorStory
{
    private const double Edge = 2;

    public static IEnumerable<string> Of(RunReader run)
    {
        var effective = run.Points("monitor", "effective_sharpness");
        var loss = run.Points("monitor", "loss");
        var highest = effective.MaxBy(point => point.Value)!;
        yield return $"In {effective.Count} measurements until step {effective[^1].Step} the loss on the probe went from"
            + $" {Story.N(loss[0].Value)} to {Story.N(loss[^1].Value)}.";
        yield return effective.FirstOrDefault(point => point.Value > Edge) is { } first
            ? $"The effective sharpness passed the edge of stability, {Story.N(Edge)}, at step {first.Step},"
                + $" and was {Story.N(highest.Value)} at most, at step {highest.Step}."
            : $"The effective sharpness was {Story.N(highest.Value)} at most, at step {highest.Step}:"
                + $" {Story.N(100 * (1 - (highest.Value / Edge)))} % below the edge of stability.";
        if (run.Points("monitor", "largest_stable_learning_rate") is [.., var rate])
            yield return $"The largest learning rate that is stable at the end is {Story.N(rate.Value)}.";
        if (run.Points("monitor", "overhead") is [.., var overhead])
            yield return $"Measuring took {Story.N(100 * overhead.Value)} % of the time.";
    }
}
