using System.Diagnostics;

namespace Brink.Bench;

/// <summary>Several ways timed in turn, A B C A B C ...</summary>
internal static class Alternating
{
    /// <summary>The median of each, in milliseconds.</summary>
    public static double[] Medians(int rounds, params Action[] ways) => Medians(rounds, rounds, TimeSpan.MaxValue, ways);

    /// <inheritdoc cref="Medians(int, Action[])"/>
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

    /// <summary>Steps of several processes in turn, whose costs differ from one to the next: the mean of each, in seconds.</summary>
    public static double[] Means(int rounds, params Action[] steps) => Means(rounds, TimeSpan.MaxValue, steps).Seconds;

    /// <summary>Likewise, and how many were taken.</summary>
    /// <param name="most">Rounds, at most.</param>
    /// <param name="enough">No round but the first begins after it.</param>
    /// <param name="steps">What is timed; it is warm.</param>
    public static (double[] Seconds, int Rounds) Means(int most, TimeSpan enough, params Action[] steps)
    {
        var watches = steps.Select(_ => new Stopwatch()).ToArray();
        var started = Stopwatch.StartNew();
        var rounds = 0;
        for (; rounds < most && (rounds == 0 || started.Elapsed < enough); rounds++)
        {
            for (var i = 0; i < steps.Length; i++)
            {
                using var scope = NewDisposeScope();
                watches[i].Start();
                steps[i]();
                watches[i].Stop();
            }
        }
        return ([.. watches.Select(watch => watch.Elapsed.TotalSeconds / rounds)], rounds);
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[sorted.Length / 2] + sorted[(sorted.Length - 1) / 2]) / 2;
    }
}
