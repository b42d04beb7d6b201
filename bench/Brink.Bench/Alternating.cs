using System.Diagnostics;

namespace Brink.Bench;

/// <summary>Several ways timed in turn, A B C A B C ...: the median of each, in milliseconds.</summary>
internal static class Alternating
{
    public static double[] Medians(int rounds, params Action[] ways)
    {
        var times = ways.Select(_ => new List<double>()).ToArray();
        for (var round = -3; round < rounds; round++)   // three to warm up
        {
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
