namespace Brink.Lab;

/// <summary>The exponent a of y ~ x^a: least squares through the medians, on logarithmic axes.</summary>
/// <param name="Value">a; null where fewer than two x have a finite median.</param>
/// <param name="Low">Lower end of the confidence interval: 2.5 % of the bootstrap slopes are below.</param>
/// <param name="High">Upper end of the confidence interval: 2.5 % are above.</param>
/// <param name="Offset">log y at log x = 0.</param>
internal sealed record LogLogSlope(double? Value, double? Low, double? High, double Offset)
{
    private const int Resamples = 1000;

    /// <param name="samples">Values y of several runs for each x; +infinity for a run that did not end.</param>
    /// <param name="seed">Seed of the resampling: at each x as many runs as there are, drawn with replacement (the percentile
    /// bootstrap, Efron and Tibshirani 1993, chapter 13).</param>
    public static LogLogSlope Of(IReadOnlyList<(double X, IReadOnlyList<double> Y)> samples, int seed)
    {
        var (value, offset) = Fit([.. samples.Select(sample => (sample.X, Median(sample.Y)))]);
        if (value is null) return new(null, null, null, double.NaN);
        var random = new Random(seed);
        double[] slopes =
        [
            .. Enumerable.Range(0, Resamples)
                .Select(_ => Fit(
                [
                    .. samples.Select(sample =>
                        (sample.X, Median([.. sample.Y.Select(_ => sample.Y[random.Next(sample.Y.Count)])]))),
                ]).Slope)
                .OfType<double>()
                .Order(),
        ];
        return new(value, slopes[(int)(0.025 * slopes.Length)], slopes[(int)(0.975 * slopes.Length)], offset);
    }

    /// <summary>Returns the median; for an even count, the mean of the two in the middle.</summary>
    public static double Median(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        var half = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    private static (double? Slope, double Offset) Fit((double X, double Y)[] points)
    {
        (double X, double Y)[] logs =
            [.. points.Where(point => double.IsFinite(point.Y)).Select(point => (Math.Log(point.X), Math.Log(point.Y)))];
        if (logs.Length < 2) return (null, double.NaN);
        var (x, y) = (logs.Average(log => log.X), logs.Average(log => log.Y));
        var slope = logs.Sum(log => (log.X - x) * (log.Y - y)) / logs.Sum(log => (log.X - x) * (log.X - x));
        return (slope, y - (slope * x));
    }
}
