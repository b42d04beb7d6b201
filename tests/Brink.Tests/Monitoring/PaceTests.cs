using Brink.Monitoring;

namespace Brink.Tests.Monitoring;

public class PaceTests
{
    /// <summary>Measurements after the first, expensive one, each followed by slower steps.</summary>
    [Theory]
    [InlineData(new[] { 1.0 })]
    [InlineData(new[] { 1.0, 2.0 })]
    [InlineData(new[] { 1.0, 1.1, 1.6, 1.0 })]
    public void Measurements_of_varying_cost_never_take_more_than_their_share(double[] seconds)
    {
        const double Share = 0.1;
        var clock = new Clock();
        var pace = new Pace(new(Share, Every: 1), clock);
        var (shares, recovering) = (new List<double>(), 0);
        for (var step = 1; step <= 100_000; step++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(recovering-- > 0 ? 30 : 10));
            if (!pace.IsDue(step, changed: false)) continue;
            pace.Begin();
            clock.Advance(TimeSpan.FromSeconds(shares.Count == 0 ? 8 : seconds[shares.Count % seconds.Length]));
            shares.Add(pace.End(step));
            recovering = 10;
        }
        // Once all costs are known, the share is respected and used up.
        Assert.All(shares.Skip(4), share => Assert.InRange(share, 0.7 * Share, Share + 1e-9));
        Assert.InRange(shares.Count, 40, 120);
    }
}
