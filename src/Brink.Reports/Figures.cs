using Brink.Runs;

namespace Brink.Reports;

/// <summary>Returns the figures of a run, by the report of its kind.</summary>
public static class Figures
{
    /// <summary>Returns the names of figures and groups that runs of any kind may have; a run with several unstable
    /// directions has x_2, x_3 and so on as well.</summary>
    public static IReadOnlyList<string> Names(StudyReports? reports = null) =>
        [.. (reports ?? StudyReports.Standard).All.SelectMany(report => report.FigureNames).Distinct(StringComparer.Ordinal)];

    /// <summary>Returns all figures of a run in reading order, without those that it has no data for.</summary>
    public static IReadOnlyList<Chapter> Chapters(RunReader run, StudyReports? reports = null)
    {
        var curves = new RunCurves(run);
        return
        [
            .. (reports ?? StudyReports.Standard).Of(curves.Manifest).Chapters(curves)
                .Select(chapter => chapter with { Figures = [.. chapter.Figures.Where(HasData).Select(FiniteFigure.Of).Select(NearMap.Of).Select(DownSampling.Of)] })
                .Where(chapter => chapter.Figures.Count > 0),
        ];
    }

    public static IReadOnlyList<Figure> Of(RunReader run, StudyReports? reports = null) =>
        [.. Chapters(run, reports).SelectMany(chapter => chapter.Figures)];

    /// <summary>Returns the figures of a name: one figure, or the panels of a group.</summary>
    public static IReadOnlyList<Figure> Named(IReadOnlyList<Figure> figures, string name, StudyReports? reports = null)
    {
        string[] panels =
        [
            .. (reports ?? StudyReports.Standard).All.SelectMany(report => report.Groups).Where(group => group.Name == name).SelectMany(group => group.Panels),
        ];
        return [.. figures.Where(figure => panels.Length == 0 ? figure.Name == name : panels.Contains(figure.Name))];
    }

    private static bool HasData(Figure figure) => figure.Curves.Count > 0 || figure.Map is not null;
}
