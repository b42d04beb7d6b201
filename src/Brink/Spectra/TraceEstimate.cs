namespace Brink.Spectra;

/// <param name="Value">Estimate of a trace, without bias.</param>
/// <param name="StandardError">Estimate of its standard deviation; 0 where the value is exact, NaN where a
/// single sample says nothing of it.</param>
/// <param name="Products">Products that it took.</param>
public sealed record TraceEstimate(double Value, double StandardError, int Products)
{
    /// <summary>The mean of independent samples.</summary>
    internal static TraceEstimate Mean(IReadOnlyCollection<double> samples, int products, double offset = 0)
    {
        var mean = samples.Average();
        var squares = samples.Sum(sample => (sample - mean) * (sample - mean));
        // With one sample 0 / 0.
        return new(offset + mean, Math.Sqrt(squares / (samples.Count - 1) / samples.Count), products);
    }
}
