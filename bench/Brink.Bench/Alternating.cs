using System.Diagnostics;

namespace Brink.Bench;

/// <summary>Several ways timed in turn, A B C A B C ...: the median of each, in milliseconds.</summary>
internal static class Alternating
{
    public static double[] Medians(int rounds, params Action[] ways) => Medians(rounds, rounds, TimeSpan.MaxValue, ways);

    /// <param name="least">Rounds, at least.</param>
    /// <param name="most">Rounds, at most.</param>
    /// <param name="enough">No round beyond the least, and none to warm up beyond the first, begins after it.</param>
    /// <param name="ways">What is timed.</param>
    public static double[] Medians(int least, int most, TimeSpan enough, params Action[] ways)
    {
        var times = ways.Select(_ => new List<double>()).ToArray();
        var started = Stopwatch.StartNew();
        for (var round = -3; round < most; round++)   // three to warm up
        {
            var late = started.Elapsed > enough;
            if (late && round > -3 && round < 0) continue;
            if (late && round >= least) break;
            for (var i = 0; i < ways.Length; i++)
            {
                using var scope = NewDisposeScope();
                var watch = Stopwatch.StartNew();
                ways[i]();
                if (round >= 0) times[i].Add(watch.Elapsed.TotalMilliseconds);
            }
        }
        return [.. times.Select(Median)];
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[sorted.Length / 2] + sorted[(sorted.Length - 1) / 2]) / 2;
    }
}
