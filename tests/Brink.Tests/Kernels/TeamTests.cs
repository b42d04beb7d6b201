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
    public void A_team_within_a_team_does_all_its_shares()
    {
        var calls = new int[2, 3];
        Team.Run(2, i => Team.Run(3, j => Interlocked.Increment(ref calls[i, j])));
        Assert.All(calls.Cast<int>(), times => Assert.Equal(1, times));
    }

    [Fact]
    public void What_the_first_share_throws_comes_out_when_all_have_ended()
    {
        var ended = 0;
        var error = Assert.Throws<InvalidDataException>(() => Team.Run(4, i =>
        {
            if (i is 1 or 3) throw new InvalidDataException($"share {i}");
            Interlocked.Increment(ref ended);
        }));
        Assert.Equal("share 1", error.Message);
        Assert.Equal(2, ended);
        // And the team goes on afterwards.
        Team.Run(2, _ => Interlocked.Increment(ref ended));
        Assert.Equal(4, ended);
    }
}
