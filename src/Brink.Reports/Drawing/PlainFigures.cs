namespace Brink.Reports;

/// <summary>Draws every series of a run over its steps: one figure for each name, with a curve for each process.</summary>
internal static class PlainFigures
{
    public static IReadOnlyList<Chapter> Chapters(RunCurves run) =>
    [
        new("Series",
        [
            .. run.Run.Series().GroupBy(series => series.Name).Select(named =>
            {
                var words = named.Key.Replace('_', ' ');
                return Figure.OverSteps(
                    named.Key, words, words, named.Select((series, i) => run.Series(series.Process, series, Palette.Nth(i))));
            }),
        ]),
    ];
}
