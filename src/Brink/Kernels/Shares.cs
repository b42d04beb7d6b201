using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Brink.Kernels;

/// <summary>The shares of a piece of work, numbered from 0. The caller does share 0; each other share is done by the thread
/// that claims it first.</summary>
/// <remarks>A share has memory and sums of its own, so that the result does not depend on the thread that does it.</remarks>
internal sealed class Shares(int count, Action<int> share)
{
    private readonly int[] _claims = new int[count];
    private readonly ExceptionDispatchInfo?[] _failures = new ExceptionDispatchInfo?[count];
    private readonly object _end = new();
    private int _done, _isAwaited;

    public int Count => count;

    /// <summary>Does share 0, and then every share that no other thread has claimed.</summary>
    public void RunAsCaller()
    {
        Run(0);
        RunFrom(1);
    }

    /// <summary>Does every share that no other thread has claimed.</summary>
    /// <param name="first">The share to begin with. A thread that always begins with the same one finds its numbers in the cache
    /// of its core.</param>
    public void RunFrom(int first)
    {
        for (var i = 0; i < count; i++)
        {
            var next = (first + i) % count;
            if (next > 0 && Interlocked.Exchange(ref _claims[next], 1) == 0) Run(next);
        }
    }

    /// <summary>Returns when all shares are done.</summary>
    /// <param name="patience">Ticks of <see cref="Stopwatch"/> to spin before the thread sleeps.</param>
    public void Await(long patience)
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetTimestamp() - start < patience; Thread.SpinWait(1))
            if (Volatile.Read(ref _done) == count) return;
        // This thread sets the flag and then reads the count; the last one counts and then reads the flag. At least one of them
        // sees the other.
        Interlocked.Exchange(ref _isAwaited, 1);
        lock (_end)
        {
            while (Volatile.Read(ref _done) < count) Monitor.Wait(_end);
        }
    }

    /// <summary>Throws the exception of the first share that failed.</summary>
    public void ThrowFirst() => _failures.FirstOrDefault(failure => failure is not null)?.Throw();

    private void Run(int i)
    {
        try
        {
            share(i);
        }
        catch (Exception e)
        {
            _failures[i] = ExceptionDispatchInfo.Capture(e);
        }
        if (Interlocked.Increment(ref _done) < count || Volatile.Read(ref _isAwaited) == 0) return;
        lock (_end) Monitor.Pulse(_end);
    }
}
