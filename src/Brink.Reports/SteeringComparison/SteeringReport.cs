using System.Globalization;
using Brink.Runs;

namespace Brink.Reports;

/// <summary>The report of a comparison of learning-rate policies.</summary>
internal static class SteeringReport
{
    public static StudyReport Report { get; } = new(SteeringSchema.Kind)
    {
        Sentences = SteeringStory.Of,
        Chapters = run => [new("Learning-rate policies", SteeringFigures.Of(run))],
        Results =
        [
            new(
                SteeringSchema.Results.Name,
                "Policies",
                ["policy", "trainings", "diverged", "cost, median", "largest", "target missed", "test accuracy"],
                Rows),
        ],
        FigureNames =
        [
            SteeringFigures.DivergedName, SteeringFigures.CostName, SteeringFigures.FinalLossName, SteeringFigures.AccuracyName,
            SteeringFigures.LossName, SteeringFigures.RateName,
        ],
        Document = Document,
    };

    private static IReadOnlyList<string[]> Rows(RunManifest manifest) =>
    [
        .. (manifest.Get(SteeringSchema.Results) ?? [])
            .GroupBy(result => result.Policy)
            .Select(policy => new PolicySummary(policy.Key, [.. policy]))
            .Select(policy => new[]
            {
                policy.Name,
                Text(policy.Results.Count),
                Text(policy.Diverged),
                Text(policy.MedianCost),
                Text(policy.LargestCost),
                Text(policy.Missed),
                policy.MedianAccuracy is { } accuracy ? accuracy.ToString("p1", CultureInfo.InvariantCulture) : "-",
            }),
    ];

    private static string Text(double? number) => number is { } given ? given.ToString("g3", CultureInfo.InvariantCulture) : "-";

    private static object Document(RunReader run)
    {
        var manifest = run.Manifest();
        return new
        {
            Run = run.Folder,
            manifest.Status,
            Message = manifest.Get(RunSchema.Message),
            CriticalRates = manifest.Get(SteeringSchema.CriticalRates),
            TargetLosses = manifest.Get(SteeringSchema.Targets),
            BestMultiples = manifest.Get(SteeringSchema.BestMultiples),
            Results = manifest.Get(SteeringSchema.Results),
            Seconds = manifest.Get(RunSchema.Seconds),
            Page = Page.In(run),
        };
    }
}
