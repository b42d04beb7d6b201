using System.Globalization;

namespace Brink.Reports;

/// <summary>Reduces long curves over steps of several runs: the least and the largest value of every stretch of steps, in the order
/// in which they occurred, at the first step and at the middle of the stretch. Stretches begin at multiples of their length, so
/// that curves of different runs have the same steps, and a chart needs one list of them. The last point is kept.</summary>
internal static class SharedSampling
{
    // Points of all runs together that a chart draws without delay.
    private const int Drawn = 60_000;

    private const int Fewest = 1000, Stretches = 700;

    /// <summary>Returns the figure of one of so many runs.</summary>
    public static Figure Of(Figure figure, int runs)
    {
        var untouched = Math.Max(Fewest, Drawn / runs);
        if (figure.Steps is null) return DownSampling.Of(figure);
        var longest = figure.Curves.Where(IsLine).Select(curve => curve.X.Count).DefaultIfEmpty(0).Max();
        if (longest <= untouched) return figure;
        var reduced = figure.Curves.Select(curve => IsLine(curve) && curve.X.Count > untouched ? Of(curve) : (curve, 1)).ToArray();
        return figure with
        {
            Curves = [.. reduced.Select(one => one.Item1)],
            Notes =
            [
                string.Create(CultureInfo.InvariantCulture, $"the extremes of every {reduced.Max(one => one.Item2):N0} steps"),
                .. figure.Notes,
            ],
        };
    }

    private static bool IsLine(Curve curve) => !curve.Dots && !curve.Rings;

    private static (Curve, double Width) Of(Curve curve)
    {
        var (x, y) = (curve.X, curve.Y);
        var width = Width((x[^1] - x[0]) / Stretches);
        var (steps, values) = (new List<double>(2 * Stretches), new List<double>(2 * Stretches));
        for (var i = 0; i < x.Count;)
        {
            var stretch = Math.Floor(x[i] / width);
            var (low, high) = (i, i);
            for (; i < x.Count && x[i] < (stretch + 1) * width; i++)
            {
                // If the present candidate is a gap, the comparison is false: the first number replaces it.
                if (!(y[i] >= y[low])) low = i;
                if (!(y[i] <= y[high])) high = i;
            }
            steps.Add(stretch * width);
            values.Add(y[Math.Min(low, high)]);
            steps.Add((stretch + 0.5) * width);
            values.Add(y[Math.Max(low, high)]);
        }
        while (steps.Count > 0 && steps[^1] >= x[^1])
        {
            steps.RemoveAt(steps.Count - 1);
            values.RemoveAt(values.Count - 1);
        }
        steps.Add(x[^1]);
        values.Add(y[^1]);
        return (curve with { X = steps, Y = values, ReducedFrom = x.Count }, width);
    }

    /// <summary>Returns the least of 2, 4, 10, 20, 40, 100 and so on that is not below a width: a multiple of every smaller one,
    /// or nearly, so that runs of different lengths share most of their steps.</summary>
    private static double Width(double least)
    {
        for (var decade = 1.0; ; decade *= 10)
            foreach (var width in new[] { 2 * decade, 4 * decade, 10 * decade })
                if (width >= least) return width;
    }
}
