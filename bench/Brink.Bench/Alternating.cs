using System.Diagnostics;

namespace Brink.Bench;

/// <summary>Times several actions in turn, A B C A B C ...</summary>
internal static class Alternating
{
    /// <summary>Returns the median time of each action, in milliseconds.</summary>
    public static double[] Medians(int rounds, params Action[] ways) => Medians(rounds, rounds, TimeSpan.MaxValue, ways);

    /// <inheritdoc cref="Medians(int, Action[])"/>
    /// <param name="least">Minimum number of rounds.</param>
    /// <param name="most">Maximum number of rounds.</param>
    /// <param name="enough">Time after which no round beyond the minimum, and no warm-up round but the first, begins.</param>
    /// <param name="ways">Actions to time.</param>
    public static double[] Medians(int least, int most, TimeSpan enough, params Action[] ways)
    {
        var times = ways.Select(_ => new List<double>()).ToArray();
        var started = Stopwatch.StartNew();
        for (var round = -3; round < most; round++)   // the first three warm up
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

    /// <summary>Times steps of several processes in turn, whose costs vary; returns the mean of each, in seconds.</summary>
    public static double[] Means(int rounds, params Action[] steps) => Means(rounds, TimeSpan.MaxValue, steps).Seconds;

    /// <summary>Times steps as above, and returns the number of rounds too.</summary>
    /// <param name="most">Maximum number of rounds.</param>
    /// <param name="enough">Time after which no round but the first begins.</param>
    /// <param name="steps">Steps to time; they are already warm.</param>
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
