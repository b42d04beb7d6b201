using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Brink.Cli;

/// <summary>Handles Ctrl-C and SIGTERM: the first signal requests an end with everything saved. Signals within a second of it
/// are the same request: timeout and cluster schedulers signal a process, and then its group. A later signal ends the process
/// at once.</summary>
internal sealed class Interruption : IDisposable
{
    private static readonly TimeSpan SameRequest = TimeSpan.FromSeconds(1);

    // Not disposed: a handler may still run when its registration is gone.
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _signals;
    private long _first;

    public Interruption()
    {
        _signals =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt),
        ];
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
    }

    private void Interrupt(PosixSignalContext signal)
    {
        var now = Stopwatch.GetTimestamp();
        // Handlers of two signals can run concurrently.
        var first = Interlocked.CompareExchange(ref _first, now, 0);
        signal.Cancel = first == 0 || Stopwatch.GetElapsedTime(first, now) < SameRequest;
        _source.Cancel();
    }
}
