using System.Globalization;
using Brink.Runs;

namespace Brink.Reports;

/// <summary>Replaces points that are not finite by gaps, and notes how many points a reader misses: those at infinity, and over
/// steps also those that were recorded as NaN. Elsewhere NaN is a gap that the figure itself has.</summary>
internal static class FiniteFigure
{
    public static Figure Of(Figure figure)
    {
        var missing = figure.Curves.Sum(curve =>
            curve.X.Zip(curve.Y).Count(point => IsMissing(point.First, point.Second, figure.Steps is not null)));
        return figure with
        {
            Curves = [.. figure.Curves.Select(Of)],
            Level = figure.Level is { } level && double.IsFinite(level.Value) ? level : null,
            Map = figure.Map is { } map && IsFinite(map.Raster.X) && IsFinite(map.Raster.Y) ? map : null,
            Notes = missing == 0 ? figure.Notes : [.. figure.Notes, Note(missing)],
        };
    }

    private static Curve Of(Curve curve) => curve.X.Concat(curve.Y).Any(double.IsInfinity)
        ? curve with { X = [.. curve.X.Select(Finite)], Y = [.. curve.Y.Select(Finite)] }
        : curve;

    private static bool IsMissing(double x, double y, bool overSteps) =>
        double.IsInfinity(x) || double.IsInfinity(y) || (overSteps && double.IsNaN(y));

    private static double Finite(double value) => double.IsFinite(value) ? value : double.NaN;

    private static bool IsFinite(Extent extent) => double.IsFinite(extent.From) && double.IsFinite(extent.To);

    private static string Note(int missing) => string.Create(
        CultureInfo.InvariantCulture, $"{missing:N0} non-finite {(missing == 1 ? "point is" : "points are")} not shown");
}
