namespace Brink.Monitoring;

/// <summary>Estimates the rise of the effective sharpness per step: the slope of the least-squares line through the last
/// readings.</summary>
/// <remarks>In the theory this is alpha = -grad L . grad S (Damian et al. 2023, section 4), a third derivative; measured along
/// the path it costs nothing, and holds for every optimizer.</remarks>
internal sealed class SharpeningRate
{
    // At the edge the sharpness oscillates; below it a few readings show the trend.
    private const int Window = 4;

    private readonly Queue<(double Step, double Value)> _readings = [];
    private double _learningRate;

    /// <returns>Slope per step; NaN if there is no reading before, or this one is not finite or has no positive learning
    /// rate.</returns>
    public double With(long step, double learningRate, double value)
    {
        // A non-finite value, or one without a positive learning rate, cannot be compared with others.
        if (!double.IsFinite(value) || !(learningRate > 0))
        {
            _readings.Clear();
            return double.NaN;
        }
        // The values are proportional to the learning rate: the old ones are rescaled to this one.
        if (_readings.Count > 0 && learningRate != _learningRate)
        {
            var scaled = _readings.Select(reading => (reading.Step, reading.Value * learningRate / _learningRate)).ToArray();
            _readings.Clear();
            foreach (var reading in scaled) _readings.Enqueue(reading);
        }
        _learningRate = learningRate;
        _readings.Enqueue((step, value));
        if (_readings.Count > Window) _readings.Dequeue();
        if (_readings.Count < 2) return double.NaN;
        var (middle, mean) = (_readings.Average(reading => reading.Step), _readings.Average(reading => reading.Value));
        return _readings.Sum(reading => (reading.Step - middle) * (reading.Value - mean))
            / _readings.Sum(reading => (reading.Step - middle) * (reading.Step - middle));
    }
}
