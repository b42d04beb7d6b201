using Brink.Runs;

namespace Brink.Reports;

/// <summary>Returns the figures of a run, or of several laid over each other, by the reports of their kinds.</summary>
public static class Figures
{
    /// <summary>Returns the names of figures and groups that runs of any kind may have; a run with several unstable
    /// directions has x_2, x_3 and so on as well.</summary>
    public static IReadOnlyList<string> Names(StudyReports? reports = null) =>
        [.. (reports ?? StudyReports.Standard).All.SelectMany(report => report.FigureNames).Distinct(StringComparer.Ordinal)];

    /// <summary>Returns all figures of a run in reading order, without those that it has no data for.</summary>
    public static IReadOnlyList<Chapter> Chapters(RunReader run, StudyReports? reports = null) => Ready(All(run, reports));

    /// <summary>Returns all figures of several runs, each laid over those of the other runs.</summary>
    /// <param name="runs">Runs to compare.</param>
    /// <param name="drawn">Returns whether a curve of a run is drawn; null: all are.</param>
    /// <param name="reports">Reports by kind of study; null for those in Brink.</param>
    public static IReadOnlyList<Chapter> Chapters(ComparedRuns runs, Predicate<Curve>? drawn = null, StudyReports? reports = null)
    {
        IReadOnlyList<Chapter>[] all =
            [.. runs.Runs.Select(run => WithData(Branches.FromFork(Drawn(All(run, reports), drawn), run, runs.Runs)))];
        return Ready(all is [var single] ? single : new Overlay(runs.Labels).Of(all));
    }

    /// <summary>Returns all figures of a run in reading order, without its chapters.</summary>
    public static IReadOnlyList<Figure> Of(RunReader run, StudyReports? reports = null) =>
        [.. Chapters(run, reports).SelectMany(chapter => chapter.Figures)];

    /// <summary>Returns the figures of a name: one figure, or the panels of a group.</summary>
    public static IReadOnlyList<Figure> Named(IReadOnlyList<Figure> figures, string name, StudyReports? reports = null)
    {
        string[] panels =
        [
            .. (reports ?? StudyReports.Standard).All.SelectMany(report => report.Groups)
                .Where(group => group.Name == name)
                .SelectMany(group => group.Panels),
        ];
        return [.. figures.Where(figure => panels.Length == 0 ? figure.Name == name : panels.Contains(figure.Name))];
    }

    /// <summary>Returns the figures and groups that a run may have, in reading order.</summary>
    public static IReadOnlyList<FigureEntry> Listed(RunReader run, StudyReports? reports = null)
    {
        var report = (reports ?? StudyReports.Standard).Of(run);
        var figures = All(run, reports).SelectMany(chapter => chapter.Figures).ToArray();
        var drawn = figures.Where(HasData).Select(figure => figure.Name).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. report.Groups.Select(group => new FigureEntry(
                group.Name, string.Join(", ", group.Panels), group.Panels.Any(drawn.Contains), group.Panels)),
            .. figures.Select(figure => new FigureEntry(figure.Name, figure.Title, drawn.Contains(figure.Name), [])),
            .. report.FigureNames
                .Except([.. figures.Select(figure => figure.Name), .. report.Groups.Select(group => group.Name)], StringComparer.Ordinal)
                .Select(name => new FigureEntry(name, "", HasData: false, [])),
        ];
    }

    private static IReadOnlyList<Chapter> All(RunReader run, StudyReports? reports)
    {
        var curves = new RunCurves(run);
        return (reports ?? StudyReports.Standard).Of(curves.Manifest).Chapters(curves);
    }

    private static IReadOnlyList<Chapter> Drawn(IReadOnlyList<Chapter> chapters, Predicate<Curve>? drawn) => drawn is null ? chapters :
    [
        .. chapters.Select(chapter => chapter with
        {
            Figures =
            [
                .. chapter.Figures.Select(figure => figure with
                {
                    Curves = [.. figure.Curves.Where(curve => drawn(curve))],
                    Legend = null,
                }),
            ],
        }),
    ];

    private static IReadOnlyList<Chapter> WithData(IReadOnlyList<Chapter> chapters) =>
    [
        .. chapters.Select(chapter => chapter with { Figures = [.. chapter.Figures.Where(HasData)] })
            .Where(chapter => chapter.Figures.Count > 0),
    ];

    private static IReadOnlyList<Chapter> Ready(IReadOnlyList<Chapter> chapters) =>
    [
        .. WithData(chapters).Select(chapter => chapter with
        {
            Figures = [.. chapter.Figures.Select(FiniteFigure.Of).Select(NearMap.Of).Select(DownSampling.Of)],
        }),
    ];

    private static bool HasData(Figure figure) => figure.Curves.Count > 0 || figure.Map is not null;
}

/// <summary>A figure or a group of figures that a run may have.</summary>
/// <param name="Name">Name on the command line.</param>
/// <param name="Title">Title of the figure, or the names of the panels of a group; empty if the figure does not apply to the
/// run.</param>
/// <param name="HasData">True if the run has data for it.</param>
/// <param name="Panels">Names of the panels of a group.</param>
public sealed record FigureEntry(string Name, string Title, bool HasData, IReadOnlyList<string> Panels);
