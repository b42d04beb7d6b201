namespace Brink.Monitoring;

/// <summary>Decides when a monitor may measure: no more often than its budget allows, and within its share of all
/// time.</summary>
internal sealed class Pace(StabilityBudget budget, TimeProvider time)
{
    // Number of steps that are slower after a measurement, because it evicted the data of training from the caches.
    private const int Recovery = 10;

    // Number of recent measurements that bound the cost of the next one: their products vary.
    private const int WindowLength = 4;

    // Weight of one step in the mean of the steps that are not slower.
    private const double Smoothing = 0.05;

    private readonly long _attached = time.GetTimestamp();
    private readonly Queue<TimeSpan> _costs = new();   // costs of recent measurements, each with its slower steps; without the last
    private TimeSpan _own;
    private TimeSpan _before;                          // _own when the last measurement began
    private long _startedAt;
    private long? _measured;
    private long _seen = time.GetTimestamp();
    private TimeSpan? _step;

    /// <param name="step">Present step.</param>
    /// <param name="changed">True if the last measurement is no longer valid: the smallest distance then does not
    /// apply.</param>
    public bool IsDue(long step, bool changed)
    {
        Watch(step);
        if (_measured is not { } last) return true;
        if (!changed && step - last < budget.Every) return false;
        var expected = _costs.Append(_own - _before).Max();
        return _own + expected <= budget.Share * (time.GetElapsedTime(_attached) + expected);
    }

    public void Begin()
    {
        // The first measurement has a random start: its cost does not predict those after the second.
        if (_before > TimeSpan.Zero) _costs.Enqueue(_own - _before);
        if (_costs.Count == WindowLength) _costs.Dequeue();
        _before = _own;
        _startedAt = time.GetTimestamp();
    }

    /// <returns>The share of all time that the measurements took.</returns>
    public double End(long step)
    {
        _own += time.GetElapsedTime(_startedAt);
        _measured = step;
        _seen = time.GetTimestamp();
        return _own / time.GetElapsedTime(_attached);
    }

    /// <summary>Adds the excess time of the steps after a measurement to the cost of measuring.</summary>
    private void Watch(long step)
    {
        var taken = time.GetElapsedTime(_seen);
        _seen = time.GetTimestamp();
        if (_measured is not { } last) return;
        if (step - last > Recovery) _step = _step is { } usual ? usual + (Smoothing * (taken - usual)) : taken;
        else if (_step is { } usual && taken > usual) _own += taken - usual;
    }
}
