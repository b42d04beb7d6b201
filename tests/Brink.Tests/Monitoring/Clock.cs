namespace Brink.Tests.Monitoring;

/// <summary>A clock that the test advances.</summary>
internal sealed class Clock : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public void Advance(TimeSpan by) => _ticks += by.Ticks;
}
