using System.Globalization;
using Brink.Runs;

namespace Brink.Reports;

/// <summary>A descent or the flow of a training speed study.</summary>
/// <param name="Name">Process name in the run store.</param>
/// <param name="LearningRate">Learning rate; null for steps of 1/S.</param>
internal sealed record TrainedProcess(string Name, double? LearningRate)
{
    public string Label => "η = " + Name[SpeedSchema.Prefix.Length..];

    /// <summary>Returns the processes of a run by learning rate, the flow last; none for other kinds of runs.</summary>
    public static IReadOnlyList<TrainedProcess> In(RunReader run) =>
    [
        .. run.Series()
            .Select(series => series.Process)
            .Where(process => process.StartsWith(SpeedSchema.Prefix, StringComparison.Ordinal))
            .Distinct()
            .Select(process => new TrainedProcess(process, Rate(process[SpeedSchema.Prefix.Length..])))
            .OrderBy(process => process.LearningRate ?? double.PositiveInfinity),
    ];

    /// <summary>Returns true if an event reports about this process.</summary>
    public bool IsNamedBy(RunEvent one) => one.Message.StartsWith(Name + ":", StringComparison.Ordinal);

    /// <summary>Returns the processes with the largest number of steps, without those that diverged or are still in
    /// progress.</summary>
    public static IReadOnlyList<TrainedProcess> Finished(RunReader run)
    {
        RunEvent[] diverged = [.. run.Events().Where(one => one.Kind == RunSchema.DivergedEvent)];
        var ends = In(run)
            .Where(process => !diverged.Any(process.IsNamedBy))
            .Select(process => (process, End: LastStep(process.Name)))
            .ToArray();
        var last = ends.Length == 0 ? 0 : ends.Max(pair => pair.End);
        return [.. ends.Where(pair => pair.End == last).Select(pair => pair.process)];

        long LastStep(string process) => run.Points(process, SpeedSchema.Sharpness) is [.., var point] ? point.Step : 0;
    }

    private static double? Rate(string text) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out var rate) ? rate : null;
}
