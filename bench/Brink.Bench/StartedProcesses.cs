using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Brink.Bench;

/// <summary>Processes that a benchmark has started. They end when the benchmark ends, also by a signal.</summary>
internal sealed class StartedProcesses : IDisposable
{
    private readonly List<Process> _running = [];
    private readonly PosixSignalRegistration[] _signals;
    private bool _isOver;

    public StartedProcesses() => _signals =
    [
        // After the handler the signal has its default effect.
        PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => EndAll()),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => EndAll()),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, _ => EndAll()),
    ];

    /// <exception cref="InvalidOperationException">A signal is ending the program.</exception>
    public Process Start(ProcessStartInfo start)
    {
        lock (_running)
        {
            if (_isOver) throw new InvalidOperationException("the benchmark was interrupted");
            var process = Process.Start(start)!;
            _running.Add(process);
            return process;
        }
    }

    /// <summary>Ends a process if it still runs.</summary>
    public void End(Process process)
    {
        lock (_running)
        {
            process.Kill();
            _running.Remove(process);
        }
        process.WaitForExit();
        process.Dispose();
    }

    public void Dispose()
    {
        EndAll();
        foreach (var signal in _signals) signal.Dispose();
    }

    private void EndAll()
    {
        lock (_running)
        {
            _isOver = true;
            foreach (var process in _running) process.Kill();
        }
    }
}
