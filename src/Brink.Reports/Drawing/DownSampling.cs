using System.Globalization;

namespace Brink.Reports;

/// <summary>Reduces a curve to fewer points that look the same: of each group of consecutive points it keeps the first, the
/// last, the extremes of both coordinates, and a gap. No peak is lost, however narrow.</summary>
internal static class DownSampling
{
    /// <summary>Curves with at most this many points are drawn unchanged.</summary>
    public const int Untouched = 6000;

    /// <summary>Number of groups: more than a screen has columns.</summary>
    public const int Stretches = 1000;

    /// <summary>Returns the figure with every long curve reduced, and a note that states it.</summary>
    public static Figure Of(Figure figure)
    {
        var longest = figure.Curves.Select(curve => curve.X.Count).DefaultIfEmpty(0).Max();
        return longest <= Untouched ? figure : figure with
        {
            Curves = [.. figure.Curves.Select(Of)],
            Notes =
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"of {longest:N0} points the extremes of every {(longest + Stretches - 1) / Stretches:N0}"),
                .. figure.Notes,
            ],
        };
    }

    /// <summary>Reduces a curve; returns a short one unchanged.</summary>
    public static Curve Of(Curve curve)
    {
        var count = curve.X.Count;
        if (count <= Untouched) return curve;
        var kept = new List<int>(6 * Stretches);
        for (var i = 0; i < Stretches; i++) Keep(curve, (int)((long)i * count / Stretches), (int)((i + 1L) * count / Stretches), kept);
        return curve with
        {
            X = [.. kept.Select(i => curve.X[i])],
            Y = [.. kept.Select(i => curve.Y[i])],
            ReducedFrom = count,
        };
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
            // If the present candidate is a gap, every comparison with it is false: the first number replaces it.
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
