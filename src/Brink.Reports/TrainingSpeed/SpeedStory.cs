using Brink.Runs;

namespace Brink.Reports;

/// <summary>Sentences about a training speed study.</summary>
internal static class SpeedStory
{
    /// <summary>Largest distance of a sharpness from 2/eta, as a share of 2/eta, at which a descent counts as being at the edge
    /// of stability.</summary>
    public const double AtTheEdge = 0.1;

    public static IEnumerable<string> Of(RunReader run)
    {
        var all = TrainedProcess.In(run);
        var finished = TrainedProcess.Finished(run);
        TrainedProcess[] descents = [.. finished.Where(process => process.LearningRate is not null)];
        var flow = finished.Where(process => process.LearningRate is null).Select(process => Flow(run, process));
        return
        [
            .. descents.Length == 0 ? [] : Descents(run, descents),
            .. flow,
            .. all.SelectMany(process => Course(run, process)),
            .. Falls(run, descents),
            .. Diverged(run, all),
        ];
    }

    private static IEnumerable<string> Descents(RunReader run, TrainedProcess[] descents)
    {
        var (losses, accuracies) = (Ends(SpeedSchema.TrainLoss), Ends(SpeedSchema.TestAccuracy));
        var (loss, accuracy) = (losses.Min(), accuracies.Max());
        var after = $"After {Story.N(run.Points(descents[0].Name, SpeedSchema.Sharpness)[^1].Step)} steps";
        yield return descents.Length == 1
            ? $"{after} with learning rate {Rate(descents[0])} the training loss was {Story.N(loss)} and the test accuracy"
                + $" {Story.Percent(accuracy)}."
            : $"{after}, of {descents.Length} learning rates {Rates(losses, loss)} had the lowest training loss, {Story.N(loss)},"
                + $" and {Rates(accuracies, accuracy)} the best test accuracy, {Story.Percent(accuracy)}.";

        double[] ratios =
            [.. Ends(SpeedSchema.Sharpness).Zip(descents, (sharpness, process) => sharpness * process.LearningRate!.Value / 2)];
        string[] places =
        [
            .. Place($"within {Story.N(100 * AtTheEdge)} % of 2/η, the edge of stability,", ratio => Math.Abs(ratio - 1) <= AtTheEdge),
            .. Place($"more than {Story.N(100 * AtTheEdge)} % below 2/η", ratio => ratio < 1 - AtTheEdge),
            .. Place($"more than {Story.N(100 * AtTheEdge)} % above 2/η", ratio => ratio > 1 + AtTheEdge),
        ];
        if (places.Length > 0) yield return $"At the end the sharpness was {string.Join("; ", places)}.";

        double[] Ends(string series) => [.. descents.Select(process => run.Points(process.Name, series)[^1].Value)];

        string Rates(double[] values, double value) =>
            string.Join(" and ", descents.Zip(values).Where(pair => pair.Second == value).Select(pair => Rate(pair.First)));

        IEnumerable<string> Place(string words, Func<double, bool> isThere)
        {
            TrainedProcess[] there = [.. descents.Zip(ratios).Where(pair => isThere(pair.Second)).Select(pair => pair.First)];
            return there.Length == 0 ? [] : [$"{words} for η = {string.Join(", ", there.Select(Rate))}"];
        }
    }

    private static string Flow(RunReader run, TrainedProcess flow)
    {
        return $"Steps of 1/S led to a training loss of {Story.N(End(SpeedSchema.TrainLoss))}, a sharpness of"
            + $" {Story.N(End(SpeedSchema.Sharpness))} and a test accuracy of {Story.Percent(End(SpeedSchema.TestAccuracy))}.";

        double End(string name) => run.Points(flow.Name, name)[^1].Value;
    }

    private static IEnumerable<string> Course(RunReader run, TrainedProcess process) => SpikeSentences.Of(
        run.Points(process.Name, SpeedSchema.TrainLoss),
        run.Points(process.Name, SpeedSchema.Sharpness),
        sharpness => process.LearningRate is { } rate ? $"{Story.Times(sharpness * rate / 2)} times 2/η" : Story.N(sharpness),
        $"With {process.Label}");

    private static IEnumerable<string> Falls(RunReader run, TrainedProcess[] descents)
    {
        TrainedProcess[] fallen =
        [
            .. descents.Where(process =>
                LateFall.Of(run.Points(process.Name, SpeedSchema.Sharpness), 2 / process.LearningRate!.Value) is not null),
        ];
        if (fallen.Length == 0) yield break;
        yield return "Progressive sharpening raised the sharpness, which at the end was falling and below 2/η, for η ="
            + $" {string.Join(", ", fallen.Select(Rate))}.";
        if (LateFall.Normal(run.Manifest()) is { } normal) yield return normal;
    }

    private static IEnumerable<string> Diverged(RunReader run, IReadOnlyList<TrainedProcess> all) =>
        from one in run.Events()
        where one.Kind == RunSchema.DivergedEvent
        from process in all
        where process.IsNamedBy(one)
        select $"With {process.Label} training diverged at step {Story.N(one.Step)}.";

    private static string Rate(TrainedProcess process) => Story.N(process.LearningRate!.Value);
}
