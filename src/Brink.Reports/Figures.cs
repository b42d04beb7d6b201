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
    public static IReadOnlyList<Chapter> Chapters(ComparedRuns runs, Predicate<Curve>? drawn = null, StudyReports? reports = null) =>
        Overlaid(runs, reports, all => Reduced(WithoutGaps(Drawn(all, drawn)), runs.Runs.Count));

    /// <summary>Returns all figures of several runs with every point, however long their curves are.</summary>
    /// <param name="runs">Runs to compare.</param>
    /// <param name="reports">Reports by kind of study; null for those in Brink.</param>
    public static IReadOnlyList<Chapter> Complete(ComparedRuns runs, StudyReports? reports = null) =>
        Overlaid(runs, reports, WithoutGaps);

    /// <summary>Returns the figures of a name of several runs between two values of x: every point, or the extremes where there
    /// are more than a screen shows; with the points on either side, so that lines reach the border.</summary>
    /// <param name="runs">Runs to compare.</param>
    /// <param name="name">Name of the figure.</param>
    /// <param name="range">Values of x.</param>
    /// <param name="reports">Reports by kind of study; null for those in Brink.</param>
    public static IReadOnlyList<Figure> Between(ComparedRuns runs, string name, StepRange range, StudyReports? reports = null) =>
    [
        .. Overlaid(runs, reports, all => Reduced(
            [
                .. WithoutGaps(all).Select(chapter => chapter with
                {
                    Figures = [.. chapter.Figures.Where(figure => figure.Name == name).Select(figure => Cut.Of(figure, range))],
                }),
            ],
            runs.Runs.Count)).SelectMany(chapter => chapter.Figures),
    ];

    /// <summary>Lays the chapters of several runs over each other; each run is read on a thread of its own.</summary>
    private static IReadOnlyList<Chapter> Overlaid(
        ComparedRuns runs, StudyReports? reports, Func<IReadOnlyList<Chapter>, IReadOnlyList<Chapter>> prepared)
    {
        if (runs.Runs is [var single]) return prepared(All(single, reports));
        var starts = Branches.Starts(runs.Runs);
        var all = new IReadOnlyList<Chapter>[runs.Runs.Count];
        Parallel.For(0, all.Length, i => all[i] = prepared(Branches.From(All(runs.Runs[i], reports), starts[i])));
        return new Overlay(runs.Labels).Of(all);
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

    private static IReadOnlyList<Chapter> Ready(IReadOnlyList<Chapter> chapters) => Reduced(WithoutGaps(chapters), runs: 1);

    private static IReadOnlyList<Chapter> WithoutGaps(IReadOnlyList<Chapter> chapters) => Each(WithData(chapters), figure =>
        NearMap.Of(FiniteFigure.Of(figure)));

    private static IReadOnlyList<Chapter> Reduced(IReadOnlyList<Chapter> chapters, int runs) =>
        Each(chapters, figure => runs == 1 ? DownSampling.Of(figure) : SharedSampling.Of(figure, runs));

    private static IReadOnlyList<Chapter> Each(IReadOnlyList<Chapter> chapters, Func<Figure, Figure> change) =>
        [.. chapters.Select(chapter => chapter with { Figures = [.. chapter.Figures.Select(change)] })];

    private static bool HasData(Figure figure) => figure.Curves.Count > 0 || figure.Map is not null;
}

/// <summary>A figure or a group of figures that a run may have.</summary>
/// <param name="Name">Name on the command line.</param>
/// <param name="Title">Title of the figure, or the names of the panels of a group; empty if the figure does not apply to the
/// run.</param>
/// <param name="HasData">True if the run has data for it.</param>
/// <param name="Panels">Names of the panels of a group.</param>
public sealed record FigureEntry(string Name, string Title, bool HasData, IReadOnlyList<string> Panels);
