using System.Globalization;
using Brink.Runs;

namespace Brink.Reports;

/// <summary>What a run has recorded, as curves to draw.</summary>
internal sealed class RunCurves
{
    /// <summary>So many of a family of curves can still be told apart.</summary>
    private const int Family = 8;

    private readonly RunReader _run;
    private readonly double _instability;

    public RunCurves(RunReader run)
    {
        _run = run;
        var manifest = run.Manifest();
        Threshold = manifest.Number("threshold");
        _instability = manifest.Number("instability_step") ?? 0;
    }

    /// <summary>2/eta.</summary>
    public double? Threshold { get; }

    public Level? Edge => Threshold is { } threshold ? new(threshold, "2/η") : null;

    public Curve Series(string label, string process, string name) =>
        Series(label, process, name, Palette.Of(process));

    public Curve Series(string label, string process, string name, string colour)
    {
        var points = _run.Points(process, name);
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

    /// <summary>Those values of a series that did not converge.</summary>
    public Curve NotConverged(string label, string process, string name) =>
        Series($"{label}, not converged", process, name + "_not_converged") with { Rings = true };

    /// <summary>All curves of that name, drawn alike.</summary>
    public IReadOnlyList<Curve> Alike(string label, string process, string name, string colour) =>
        [.. All(process, name).Select(curve => Curve.Through(label, colour, curve.Points))];

    /// <summary>All curves of that name.</summary>
    public IReadOnlyList<StepCurve> All(string process, string name) => _run.Curves(process, name);

    /// <summary>Of the curves of that name a few, evenly chosen over the run.</summary>
    public IReadOnlyList<StepCurve> Chosen(string process, string name)
    {
        var all = _run.Curves(process, name);
        return all.Count <= Family
            ? all
            : [.. Enumerable.Range(0, Family).Select(i => all[i * (all.Count - 1) / (Family - 1)])];
    }

    /// <summary>Each n for which one of the processes has a series name_n.</summary>
    public IReadOnlyList<int> Numbers(string name, params string[] processes) =>
    [
        .. _run.Series()
            .Where(series => processes.Contains(series.Process)
                && series.Name.StartsWith(name + "_", StringComparison.Ordinal))
            .Select(series => series.Name[(name.Length + 1)..])
            .Distinct()
            .Where(end => end.All(char.IsAsciiDigit) && end.Length is > 0 and < 6)
            .Select(end => int.Parse(end, CultureInfo.InvariantCulture))
            .Order(),
    ];

    public Figure OverSteps(string name, string title, string label, params IEnumerable<Curve> curves)
    {
        Curve[] drawn = [.. curves.Where(curve => curve.X.Count > 0)];
        var last = drawn.Length == 0 ? 0 : drawn.Max(curve => curve.X[^1]);
        // Of a long approach only the end is shown at first: as long as the tracked phase at most.
        var from = Math.Max(0, _instability - Math.Max(20, last - _instability));
        return new(name, title, "step", label, drawn) { Steps = new(from, last) };
    }
}
