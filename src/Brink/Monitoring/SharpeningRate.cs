namespace Brink.Monitoring;

/// <summary>How fast the effective sharpness rises per step: the slope of the straight line through the last readings, by
/// least squares.</summary>
/// <remarks>In the theory alpha = -grad L . grad S (Damian et al. 2023, section 4), a third derivative; measured along the
/// path it costs nothing, and holds for every optimizer.</remarks>
internal sealed class SharpeningRate
{
    // At the edge the sharpness oscillates; below it a handful of readings says where it goes.
    private const int Window = 4;

    private readonly Queue<(double Step, double Value)> _readings = [];
    private double _learningRate;

    /// <returns>Per step; NaN where there is no reading before, or this one is no number.</returns>
    public double With(long step, double learningRate, double value)
    {
        // What is no number, or was seen at no learning rate, says nothing of others.
        if (!double.IsFinite(value) || !(learningRate > 0))
        {
            _readings.Clear();
            return double.NaN;
        }
        // The values scale with the learning rate, and the old ones are made those they would have been at this one.
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
