using System.Collections.Concurrent;
using System.Diagnostics;

namespace Brink.Kernels;

/// <summary>Runs the shares of a piece of work side by side, on the calling thread and on threads that wait for work.</summary>
/// <remarks>
/// <para>The caller does share 0 and then every share that no other thread has begun. It never waits for a thread that has no
/// core: where other processes keep the cores busy it does most of the shares alone. The result has the same bits, since the
/// division into shares does not change.</para>
/// <para>A thread that waits spins for <see cref="Patience"/> and then sleeps. Longer spinning would use up the thread's part
/// of a core that it shares with another process. A caller that sleeps frees its core for a thread that was interrupted within
/// a share: the kernel moves the thread there.</para>
/// <para>Outside of shares the threads allocate nothing: a collection that they cause could free a scalar of TorchSharp while the
/// caller reads it.</para>
/// </remarks>
internal sealed class Team
{
    /// <summary>Ticks of <see cref="Stopwatch"/> in 100 microseconds: most gaps between two pieces of work are shorter.</summary>
    private static readonly long Patience = Stopwatch.Frequency / 10_000;

    /// <summary>Teams without work. Work within a share, and the work of another caller, have a team of their own.</summary>
    private static readonly ConcurrentStack<Team> Free = [];

    private readonly List<Thread> _threads = [];
    private readonly object _begin = new();
    private Shares? _shares;
    private int _round, _asleep, _started;

    /// <summary>Calls the action with 0 to count - 1, and returns when all calls have ended.</summary>
    /// <exception cref="Exception">The exception of the first share that failed.</exception>
    public static void Run(int count, Action<int> share)
    {
        if (count == 1)
        {
            share(0);
            return;
        }
        var shares = new Shares(count, share);
        if (!Free.TryPop(out var team)) team = new();
        team.Do(shares);
        Free.Push(team);
        shares.ThrowFirst();
    }

    private void Do(Shares shares)
    {
        Grow(Math.Min(shares.Count, Environment.ProcessorCount));
        Volatile.Write(ref _shares, shares);
        // The caller increments the round and then reads the count of sleepers; a thread counts itself as a sleeper and then
        // reads the round. At least one of them sees the other.
        Interlocked.Increment(ref _round);
        if (Volatile.Read(ref _asleep) > 0)
            lock (_begin) Monitor.PulseAll(_begin);
        shares.RunAsCaller();
        shares.Await(Patience);
        Volatile.Write(ref _shares, null);
    }

    /// <summary>Starts threads until there are enough together with the caller; at least one, so that two shares run side by
    /// side.</summary>
    private void Grow(int enough)
    {
        while (_threads.Count < Math.Max(1, enough - 1))
        {
            var own = _threads.Count + 1;
            var thread = new Thread(() => Work(own)) { IsBackground = true, Name = $"brink team {own}" };
            _threads.Add(thread);
            thread.Start();
            // A start allocates: the caller waits until it is over.
            SpinWait.SpinUntil(() => Volatile.Read(ref _started) == own);
        }
    }

    private void Work(int own)
    {
        var seen = Volatile.Read(ref _round);
        Interlocked.Increment(ref _started);
        while (true)
        {
            Await(seen);
            seen = Volatile.Read(ref _round);
            Volatile.Read(ref _shares)?.RunFrom(own);
        }
    }

    /// <summary>Waits until a round after the given one has begun.</summary>
    private void Await(int seen)
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetTimestamp() - start < Patience; Thread.SpinWait(1))
            if (Volatile.Read(ref _round) != seen) return;
        lock (_begin)
        {
            Interlocked.Increment(ref _asleep);
            while (Volatile.Read(ref _round) == seen) Monitor.Wait(_begin);
            Interlocked.Decrement(ref _asleep);
        }
    }
}
