using System.Globalization;
using Brink.Runs;

namespace Brink.Reports;

/// <summary>Replaces points that are farther from a map than its width by gaps, and notes how many: next to a path that diverged
/// the map would be a dot.</summary>
internal static class NearMap
{
    public static Figure Of(Figure figure)
    {
        if (figure.Map?.Raster is not { } raster) return figure;
        var far = figure.Curves.Sum(curve =>
            curve.X.Zip(curve.Y).Count(point => IsFar(point.First, raster.X) || IsFar(point.Second, raster.Y)));
        return far == 0 ? figure : figure with
        {
            Curves = [.. figure.Curves.Select(curve => Near(curve, raster))],
            Notes =
            [
                .. figure.Notes,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{far:N0} {(far == 1 ? "point" : "points")} far from the map {(far == 1 ? "is" : "are")} not shown"),
            ],
        };
    }

    private static Curve Near(Curve curve, Raster raster) => curve with
    {
        X = [.. curve.X.Select(x => IsFar(x, raster.X) ? double.NaN : x)],
        Y = [.. curve.Y.Select(y => IsFar(y, raster.Y) ? double.NaN : y)],
    };

    private static bool IsFar(double value, Extent extent)
    {
        var width = extent.To - extent.From;
        return value < extent.From - width || value > extent.To + width;
    }
}
