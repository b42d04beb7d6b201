namespace Brink.Tests;

/// <summary>Threads that keep cores busy until this is disposed.</summary>
internal sealed class BusyThreads : IDisposable
{
    private readonly Thread[] _threads;
    private bool _isOver;

    public BusyThreads(int count)
    {
        _threads = [.. Enumerable.Range(0, count).Select(_ => new Thread(Work))];
        foreach (var thread in _threads) thread.Start();
    }

    public void Dispose()
    {
        Volatile.Write(ref _isOver, true);
        foreach (var thread in _threads) thread.Join();
    }

    private void Work()
    {
        while (!Volatile.Read(ref _isOver)) Thread.SpinWait(100);
    }
}
