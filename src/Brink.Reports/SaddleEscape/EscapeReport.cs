using Brink.Runs;

namespace Brink.Reports;

/// <summary>The report of a study of escapes from saddles.</summary>
internal static class EscapeReport
{
    public static StudyReport Report { get; } = new(EscapeSchema.Kind)
    {
        Sentences = run => EscapeStory.Of(run.Manifest()),
        Results =
        [
            ResultTable.Of(
                EscapeSchema.Results,
                "methods",
                ["method", "noise", "abscissa", "slope", "95 % interval", "theory", "certified runs"],
                EscapeStory.Row),
        ],
        Chapters = run => [new("Escape from saddles", EscapeFigures.Of(run))],
        FigureNames = ["escape_calls", "escape_unconditional", "escape_dimension", "escape_descent", "escape_path", "escape_growth"],
        Document = run => (run.Manifest().Get(EscapeSchema.Results) ?? []).Select(row => new
        {
            row.Method,
            row.Condition,
            row.Against,
            row.Slope,
            Confidence = new[] { row.Low, row.High },
            row.Theory,
            row.Certified,
            row.Runs,
            Points = row.Points?.Select(point => new
            {
                point.X,
                Calls = point.Calls.Select(calls => double.IsFinite(calls) ? calls : (double?)null),
            }),
            Run = run.Folder,
        }),
    };
}
