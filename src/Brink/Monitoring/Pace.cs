namespace Brink.Monitoring;

/// <summary>When a monitor may measure: not oftener than its budget says, and so that its own time stays within its share of
/// all time.</summary>
internal sealed class Pace(StabilityBudget budget, TimeProvider time)
{
    private readonly long _attached = time.GetTimestamp();
    private TimeSpan _own;
    private TimeSpan _last;
    private long _begun;
    private long? _measured;

    /// <param name="step">The present one.</param>
    /// <param name="changed">Whether what was measured last no longer holds: then the least distance does not count.</param>
    public bool IsDue(long step, bool changed)
    {
        if (_measured is not { } last) return true;
        if (!changed && step - last < budget.Every) return false;
        // It will be as dear as the last one.
        return _own + _last <= budget.Share * (time.GetElapsedTime(_attached) + _last);
    }

    public void Begin() => _begun = time.GetTimestamp();

    /// <returns>Share of all time that the measurements took.</returns>
    public double End(long step)
    {
        _last = time.GetElapsedTime(_begun);
        _own += _last;
        _measured = step;
        return _own / time.GetElapsedTime(_attached);
    }
}
