namespace Brink.Spectra;

/// <param name="Value">Unbiased estimate of a trace.</param>
/// <param name="StandardError">Estimate of its standard deviation; 0 where the value is exact, NaN for a single sample.</param>
/// <param name="Products">Number of products taken.</param>
public sealed record TraceEstimate(double Value, double StandardError, int Products)
{
    /// <summary>Returns the mean of independent samples, plus an offset.</summary>
    internal static TraceEstimate Mean(IReadOnlyCollection<double> samples, int products, double offset = 0)
    {
        var mean = samples.Average();
        var squares = samples.Sum(sample => (sample - mean) * (sample - mean));
        // With one sample this is 0 / 0.
        return new(offset + mean, Math.Sqrt(squares / (samples.Count - 1) / samples.Count), products);
    }
}
