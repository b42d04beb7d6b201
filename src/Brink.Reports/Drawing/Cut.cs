namespace Brink.Reports;

/// <summary>Cuts a figure over steps to a range of x, with the point before it and the point after it of every curve.</summary>
internal static class Cut
{
    public static Figure Of(Figure figure, StepRange range) =>
        figure with { Curves = [.. figure.Curves.Select(curve => Of(curve, range))] };

    private static Curve Of(Curve curve, StepRange range)
    {
        // Steps increase along a curve, so that the range is one stretch of it.
        var (from, to) = (Before(curve.X, range.From), Before(curve.X, range.To) + 1);
        from = Math.Max(0, from);
        to = Math.Min(curve.X.Count - 1, to);
        if (from > to) return curve with { X = [], Y = [] };
        return curve with { X = [.. curve.X.Skip(from).Take(to - from + 1)], Y = [.. curve.Y.Skip(from).Take(to - from + 1)] };
    }

    /// <summary>Returns the index of the last point at or before a step; -1 if there is none.</summary>
    private static int Before(IReadOnlyList<double> steps, double step)
    {
        var (low, high) = (-1, steps.Count);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (steps[middle] <= step) low = middle;
            else high = middle;
        }
        return low;
    }
}
