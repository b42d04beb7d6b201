namespace Brink.Monitoring;

/// <summary>When a monitor may measure: not oftener than its budget says, and so that its own time stays within its share of
/// all time.</summary>
internal sealed class Pace(StabilityBudget budget, TimeProvider time)
{
    // The steps after a measurement are slower: what training had in the caches is gone.
    private const int Recovery = 10;

    // Measurements back from which the next one may be as dear: their products vary.
    private const int Remembered = 4;

    // Weight of one step in the mean of those that are not.
    private const double Smoothing = 0.05;

    private readonly long _attached = time.GetTimestamp();
    private readonly Queue<TimeSpan> _costs = new();   // of the last measurements but the very last, with what came after them
    private TimeSpan _own;
    private TimeSpan _before;                          // _own when the last measurement began
    private long _begun;
    private long? _measured;
    private long _seen = time.GetTimestamp();
    private TimeSpan? _step;

    /// <param name="step">The present one.</param>
    /// <param name="changed">Whether what was measured last no longer holds: then the least distance does not count.</param>
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
        // The first measurement searches from nothing, and says nothing of those after the second.
        if (_before > TimeSpan.Zero) _costs.Enqueue(_own - _before);
        if (_costs.Count == Remembered) _costs.Dequeue();
        _before = _own;
        _begun = time.GetTimestamp();
    }

    /// <returns>Share of all time that the measurements took.</returns>
    public double End(long step)
    {
        _own += time.GetElapsedTime(_begun);
        _measured = step;
        _seen = time.GetTimestamp();
        return _own / time.GetElapsedTime(_attached);
    }

    /// <summary>What the steps after a measurement take beyond the usual is a cost of measuring, too.</summary>
    private void Watch(long step)
    {
        var taken = time.GetElapsedTime(_seen);
        _seen = time.GetTimestamp();
        if (_measured is not { } last) return;
        if (step - last > Recovery) _step = _step is { } usual ? usual + (Smoothing * (taken - usual)) : taken;
        else if (_step is { } usual && taken > usual) _own += taken - usual;
    }
}
