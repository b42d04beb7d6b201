namespace Brink.MiniBatches;

/// <summary>Mean and variance of numbers that come one by one (Welford 1962).</summary>
internal sealed class RunningMean
{
    private double _squares;

    public int Count { get; private set; }

    public double Mean { get; private set; }

    /// <summary>Standard error of the mean; NaN for fewer than two numbers.</summary>
    public double StandardError => Count < 2 ? double.NaN : Math.Sqrt(_squares / (Count - 1) / Count);

    public void Add(double value)
    {
        Count++;
        var before = value - Mean;
        Mean += before / Count;
        _squares += before * (value - Mean);
    }
}
