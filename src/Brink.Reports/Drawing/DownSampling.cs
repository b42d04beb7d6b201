using System.Globalization;

namespace Brink.Reports;

/// <summary>A curve with fewer points that looks the same: of each stretch of consecutive points the first, the last and the
/// extremes of both coordinates stay, and a gap stays one. No peak is lost, however narrow.</summary>
internal static class DownSampling
{
    /// <summary>A curve of so many points is drawn as it is.</summary>
    public const int Untouched = 6000;

    /// <summary>More than a screen has columns.</summary>
    public const int Stretches = 1000;

    /// <summary>The figure with every long curve thinned; it says so where x is written.</summary>
    public static Figure Of(Figure figure)
    {
        var longest = figure.Curves.Select(curve => curve.X.Count).DefaultIfEmpty(0).Max();
        return longest <= Untouched ? figure : figure with
        {
            Curves = [.. figure.Curves.Select(Of)],
            XLabel = string.Create(
                CultureInfo.InvariantCulture,
                $"{figure.XLabel} (of {longest:N0} points the extremes of every {(longest + Stretches - 1) / Stretches:N0})"),
        };
    }

    /// <summary>The curve itself where it is short enough.</summary>
    public static Curve Of(Curve curve)
    {
        var count = curve.X.Count;
        if (count <= Untouched) return curve;
        var kept = new List<int>(6 * Stretches);
        for (var i = 0; i < Stretches; i++) Keep(curve, (int)((long)i * count / Stretches), (int)((i + 1L) * count / Stretches), kept);
        return curve with { X = [.. kept.Select(i => curve.X[i])], Y = [.. kept.Select(i => curve.Y[i])] };
    }

    private static void Keep(Curve curve, int from, int to, List<int> kept)
    {
        var (x, y) = (curve.X, curve.Y);
        var (left, right, low, high, gap) = (from, from, from, from, -1);
        for (var i = from; i < to; i++)
        {
            if (double.IsNaN(y[i]) || double.IsNaN(x[i]))
            {
                gap = i;
                continue;
            }
            // Against a gap, where there is nothing yet, every comparison fails: the first number takes its place.
            if (!(x[i] >= x[left])) left = i;
            if (!(x[i] <= x[right])) right = i;
            if (!(y[i] >= y[low])) low = i;
            if (!(y[i] <= y[high])) high = i;
        }
        var places = new[] { from, left, right, low, high, gap, to - 1 };
        Array.Sort(places);
        foreach (var place in places)
            if (place >= 0 && (kept.Count == 0 || place > kept[^1])) kept.Add(place);
    }
}
