using Brink.Kernels;

namespace Brink.Tests.Kernels;

public class TeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]   // more than there are cores
    public void Each_share_is_called_once(int count)
    {
        for (var round = 0; round < 20; round++)
        {
            var calls = new int[count];
            Team.Run(count, i => Interlocked.Increment(ref calls[i]));
            Assert.All(calls, times => Assert.Equal(1, times));
        }
    }

    [Fact]
    public void Shares_run_at_the_same_time()
    {
        using var barrier = new Barrier(2);
        var met = new bool[2];
        Team.Run(2, i => met[i] = barrier.SignalAndWait(TimeSpan.FromSeconds(30)));
        Assert.All(met, Assert.True);
    }

    [Fact]
    public void A_team_inside_a_team_runs_all_its_shares()
    {
        var calls = new int[2, 3];
        Team.Run(2, i => Team.Run(3, j => Interlocked.Increment(ref calls[i, j])));
        Assert.All(calls.Cast<int>(), times => Assert.Equal(1, times));
    }

    [Fact]
    public void The_exception_of_the_first_failed_share_is_thrown_after_all_shares_have_ended()
    {
        var ended = 0;
        var error = Assert.Throws<InvalidDataException>(() => Team.Run(4, i =>
        {
            if (i is 1 or 3) throw new InvalidDataException($"share {i}");
            Interlocked.Increment(ref ended);
        }));
        Assert.Equal("share 1", error.Message);
        Assert.Equal(2, ended);
        // The team remains usable.
        Team.Run(2, _ => Interlocked.Increment(ref ended));
        Assert.Equal(4, ended);
    }

    /// <summary>Shares that end immediately or outlast the spinning of the caller, and pauses that outlast that of the threads: all ways
    /// to wait, while other threads keep every core busy.</summary>
    [Theory]
    [InlineData(1, 8, 20_000, false)]
    [InlineData(3, 3, 5000, false)]
    [InlineData(1, 4, 300, true)]
    [InlineData(4, 5, 100, true)]
    public async Task On_busy_cores_every_share_of_every_round_runs_once(int callers, int count, int rounds, bool pauses)
    {
        using var load = new BusyThreads(2 * Environment.ProcessorCount);
        var calling = Enumerable.Range(0, callers).Select(caller => Task.Factory.StartNew(
            () =>
            {
                var calls = new int[count];
                for (var round = 0; round < rounds; round++)
                {
                    Team.Run(count, i =>
                    {
                        if (pauses && (i + round + caller) % 3 == 0) Thread.Sleep(1);
                        calls[i]++;
                    });
                    if (pauses && round % 2 == 0) Thread.Sleep(1);
                }
                return calls;
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default));
        var all = await Task.WhenAll(calling).WaitAsync(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);
        Assert.All(all, calls => Assert.All(calls, times => Assert.Equal(rounds, times)));
    }

    [Fact]
    public void The_caller_runs_every_share_that_no_other_thread_starts()
    {
        var done = new List<int>();
        var shares = new Shares(5, done.Add);
        shares.RunAsCaller();
        shares.Await(0);
        Assert.Equal([0, 1, 2, 3, 4], done);
    }

    [Fact]
    public void A_thread_starts_with_its_own_share_and_never_runs_that_of_the_caller()
    {
        var done = new List<int>();
        var shares = new Shares(5, done.Add);
        shares.RunFrom(3);
        Assert.Equal([3, 4, 1, 2], done);
        shares.RunAsCaller();
        shares.Await(0);
        Assert.Equal([3, 4, 1, 2, 0], done);
    }

    [Fact]
    public void The_caller_waits_for_a_share_that_another_thread_has_started()
    {
        using var started = new ManualResetEventSlim();
        var ended = new bool[2];
        var shares = new Shares(2, i =>
        {
            if (i == 1)
            {
                started.Set();
                Thread.Sleep(50);
            }
            Volatile.Write(ref ended[i], true);
        });
        var other = new Thread(() => shares.RunFrom(1));
        other.Start();
        started.Wait(TestContext.Current.CancellationToken);
        shares.RunAsCaller();
        shares.Await(0);
        Assert.All(ended, Assert.True);
        other.Join();
    }

    [Fact]
    public void There_are_no_more_threads_than_cores()
    {
        var threads = new System.Collections.Concurrent.ConcurrentDictionary<int, bool>();
        for (var round = 0; round < 50; round++)
        {
            Team.Run(20, _ =>
            {
                threads[Environment.CurrentManagedThreadId] = true;
                Thread.Sleep(1);
            });
        }
        Assert.InRange(threads.Count, 2, Math.Max(2, Environment.ProcessorCount));
    }

    /// <summary>A garbage collection caused by a waiting thread could free memory that the caller is reading.</summary>
    [Fact]
    public void Threads_allocate_nothing_while_they_wait()
    {
        var caller = Environment.CurrentManagedThreadId;
        var allocated = new List<long>(200);
        for (var round = 0; round < 200; round++)
        {
            // The caller holds share 0 until another thread has done share 1.
            var hasArrived = 0;
            Team.Run(2, i =>
            {
                if (Environment.CurrentManagedThreadId == caller)
                {
                    while (i == 0 && Volatile.Read(ref hasArrived) == 0) Thread.Yield();
                    return;
                }
                allocated.Add(GC.GetAllocatedBytesForCurrentThread());
                Volatile.Write(ref hasArrived, 1);
            });
            if (round % 3 == 0) Thread.Sleep(1);   // the thread sleeps meanwhile
        }
        Assert.Equal(200, allocated.Count);
        // The first rounds compile what the thread calls.
        Assert.Equal(allocated[150], allocated[199]);
    }
}
