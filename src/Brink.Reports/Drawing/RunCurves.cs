using System.Globalization;
using Brink.Runs;

namespace Brink.Reports;

/// <summary>Converts the records of a run to curves.</summary>
public sealed class RunCurves(RunReader run)
{
    /// <summary>The largest number of curves of a family that can still be distinguished.</summary>
    private const int Family = 8;

    /// <summary>The run.</summary>
    public RunReader Run { get; } = run;

    /// <summary>The manifest of the run, as read at the start.</summary>
    public RunManifest Manifest { get; } = run.Manifest();

    /// <summary>The threshold of stability, 2/eta.</summary>
    public Level? Edge => Manifest.Get(RunSchema.Threshold) is { } threshold ? new(threshold, "2/η") : null;

    /// <summary>Returns a series over its steps, without points if the run has none.</summary>
    public Curve Series(string label, SeriesKey key, string colour)
    {
        var points = Run.Points(key);
        var steps = points.Count == 0 ? 0 : points[^1].Step - points[0].Step + 1;
        return new(
            label,
            colour,
            [.. points.Select(point => (double)point.Step)],
            [.. points.Select(point => point.Value)])
        {
            Marked = points.Count < 40 || points.Count < steps / 4,
        };
    }

    /// <summary>Returns the values of a series that did not converge.</summary>
    public Curve NotConverged(string label, SeriesKey key, string colour) =>
        Series($"{label}, not converged", key with { Name = RunSchema.NotConverged(key.Name) }, colour) with { Rings = true };

    /// <summary>Returns all curves of a name, in one colour and with one label.</summary>
    public IReadOnlyList<Curve> Alike(string label, SeriesKey key, string colour) =>
        [.. Run.Curves(key).Select(curve => Curve.Through(label, colour, curve.Points))];

    /// <summary>Returns a few of the curves of a name, evenly chosen over the run.</summary>
    public IReadOnlyList<StepCurve> Chosen(SeriesKey key)
    {
        var all = Run.Curves(key);
        return all.Count <= Family
            ? all
            : [.. Enumerable.Range(0, Family).Select(i => all[i * (all.Count - 1) / (Family - 1)])];
    }

    /// <summary>Returns each n for which one of the processes has a series name_n.</summary>
    public IReadOnlyList<int> Numbers(string name, params IEnumerable<string> processes) =>
    [
        .. Run.Series()
            .Where(series => processes.Contains(series.Process)
                && series.Name.StartsWith(name + "_", StringComparison.Ordinal))
            .Select(series => series.Name[(name.Length + 1)..])
            .Distinct()
            .Where(end => end.All(char.IsAsciiDigit) && end.Length is > 0 and < 6)
            .Select(end => int.Parse(end, CultureInfo.InvariantCulture))
            .Order(),
    ];
}
