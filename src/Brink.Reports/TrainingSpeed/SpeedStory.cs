using Brink.Runs;

namespace Brink.Reports;

/// <summary>Sentences about a training speed study.</summary>
internal static class SpeedStory
{
    // As a share of 2/eta: from this sharpness on, a descent counts as being at the edge.
    private const double AtTheEdge = 0.9;

    public static IEnumerable<string> Of(RunReader run)
    {
        var all = TrainedProcess.In(run);
        var finished = TrainedProcess.Finished(run);
        TrainedProcess[] descents = [.. finished.Where(process => process.LearningRate is not null)];
        if (descents.Length == 0) yield break;

        var steps = run.Points(descents[0].Name, SpeedSchema.Sharpness)[^1].Step;
        var best = descents.MinBy(process => End(process, SpeedSchema.TrainLoss))!;
        var told = descents.MaxBy(process => End(process, SpeedSchema.TestAccuracy))!;
        yield return $"After {Story.N(steps)} steps the learning rate {Rate(best)} had the lowest training loss,"
            + $" {Story.N(End(best, SpeedSchema.TrainLoss))}, and {Rate(told)} the best test accuracy,"
            + $" {Story.Percent(End(told, SpeedSchema.TestAccuracy))}.";

        TrainedProcess[] edge =
            [.. descents.Where(process => End(process, SpeedSchema.Sharpness) * process.LearningRate / 2 >= AtTheEdge)];
        yield return edge.Length == 0
            ? "None of them was at its edge of stability at the end: the sharpness lay below 2/η."
            : $"At the edge of stability, a sharpness near 2/η, {(edge.Length == 1 ? "was" : "were")} at the end"
                + $" {string.Join(", ", edge.Select(Rate))}.";

        if (finished.FirstOrDefault(process => process.LearningRate is null) is { } flow)
        {
            yield return $"Steps of 1/S led to a training loss of {Story.N(End(flow, SpeedSchema.TrainLoss))}"
                + $" and a sharpness of {Story.N(End(flow, SpeedSchema.Sharpness))}, with a test accuracy of"
                + $" {Story.Percent(End(flow, SpeedSchema.TestAccuracy))}.";
        }
        foreach (var diverged in run.Events().Where(one => one.Kind == RunSchema.DivergedEvent))
        {
            if (all.FirstOrDefault(process => diverged.Message.StartsWith(process.Name + ":", StringComparison.Ordinal))
                is { } process)
            {
                yield return $"With {process.Label} training diverged at step {diverged.Step}.";
            }
        }

        double End(TrainedProcess process, string name) => run.Points(process.Name, name)[^1].Value;
    }

    private static string Rate(TrainedProcess process) => Story.N(process.LearningRate!.Value);
}
