using Brink.Runs;

namespace Brink.Reports;

/// <summary>A spike of the loss: it rises by a factor above its lowest value before, and then falls by the same
/// factor.</summary>
/// <param name="Low">The loss before the rise.</param>
/// <param name="High">The largest loss in the spike.</param>
/// <param name="End">The step at which the loss has fallen by <see cref="Factor"/>.</param>
internal sealed record LossSpike(SeriesPoint Low, SeriesPoint High, long End)
{
    /// <summary>Factor by which the mean of two consecutive losses rises and falls in a spike. Losses of full-batch descent at
    /// the edge of stability usually vary by less.</summary>
    public const double Factor = 1.5;

    /// <summary>Least fall of the sharpness over a catapult, as a share of the sharpness before it.</summary>
    public const double LeastFall = 0.1;

    /// <summary>Returns the spikes of a loss in their order, up to its first value that is not finite. A rise that has not
    /// ended is not a spike.</summary>
    public static IReadOnlyList<LossSpike> In(IReadOnlyList<SeriesPoint> loss)
    {
        SeriesPoint[] finite = [.. loss.TakeWhile(point => double.IsFinite(point.Value))];
        var means = PairMeans.Of(finite);
        var (spikes, low, high) = (new List<LossSpike>(), 0, -1);
        for (var i = 1; i < means.Count; i++)
        {
            var mean = means[i].Value;
            if (high < 0)
            {
                if (mean < means[low].Value) low = i;
                else if (means[low].Value > 0 && mean >= Factor * means[low].Value) high = i;
            }
            else if (mean > means[high].Value)
            {
                high = i;
            }
            else if (mean <= means[high].Value / Factor)
            {
                // The mean i is that of the values i and i + 1.
                spikes.Add(new(
                    finite[low..(low + 2)].MinBy(point => point.Value)!,
                    finite[(low + 1)..(i + 2)].MaxBy(point => point.Value)!,
                    means[i].Step));
                (low, high) = (i, -1);
            }
        }
        return spikes;
    }

    /// <summary>Returns the largest sharpness from the last measurement before the rise up to the peak, and the smallest from
    /// the peak up to the first measurement after the end; null unless it is lower by <see cref="LeastFall"/>: then the spike
    /// is a catapult (Lewkowycz et al. 2020).</summary>
    /// <param name="sharpness">Finite values of the sharpness by step.</param>
    public (SeriesPoint From, SeriesPoint To)? Fall(IReadOnlyList<SeriesPoint> sharpness)
    {
        // The last measurement before the rise and the first one after the end, or the ends of the series.
        var (first, last) = (Math.Max(0, From(sharpness, Low.Step + 1) - 1), Math.Min(sharpness.Count - 1, From(sharpness, End)));
        var (before, after) = (From(sharpness, High.Step + 1), From(sharpness, High.Step));
        if (first >= before || after > last) return null;
        var from = sharpness.Take(first..before).MaxBy(point => point.Value);
        var to = sharpness.Take(after..(last + 1)).MinBy(point => point.Value);
        return from.Value > 0 && to.Value <= (1 - LeastFall) * from.Value ? (from, to) : null;
    }

    /// <summary>Returns the index of the first point from a step on.</summary>
    private static int From(IReadOnlyList<SeriesPoint> points, long step)
    {
        var (low, high) = (0, points.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (points[middle].Step < step) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
