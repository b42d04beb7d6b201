using Brink.Runs;

namespace Brink.Reports;

/// <summary>The trajectories of a run at the edge of stability as curves, each in the colour of its place in the list.</summary>
internal sealed class EdgeCurves(RunCurves run)
{
    // If the approach to the edge is long, the first view shows as many of its steps as were tracked, and at least this many.
    private const double LeastApproach = 20;

    private readonly double _instability = run.Manifest.Get(EdgeSchema.InstabilityStep) ?? 0;

    public RunCurves Run { get; } = run;

    /// <summary>The trajectories of the run in the order of their curves.</summary>
    public IReadOnlyList<TrajectoryRow> Trajectories { get; } = run.Manifest.Get(EdgeSchema.Trajectories) ?? FormatThree.Trajectories;

    /// <summary>Returns one series of every trajectory.</summary>
    public IReadOnlyList<Curve> Each(string series) =>
        [.. Trajectories.Select((one, i) => Run.Series(one.Title, new(one.Name, series), Palette.Nth(i)))];

    /// <summary>Returns the values of one series of every trajectory that did not converge.</summary>
    public IReadOnlyList<Curve> EachNotConverged(string series) =>
        [.. Trajectories.Select((one, i) => Run.NotConverged(one.Title, new(one.Name, series), Palette.Nth(i)))];

    /// <summary>Returns the colour of a process: that of its place in the list, or the next one if it is not in the
    /// list.</summary>
    public string Colour(string process) => Palette.Nth(Trajectories.TakeWhile(one => one.Name != process).Count());

    public Figure OverSteps(string name, string title, string label, params IEnumerable<Curve> curves)
    {
        var figure = Figure.OverSteps(name, title, label, curves);
        var last = figure.Steps!.To;
        return figure with { Steps = new(Math.Max(0, _instability - Math.Max(LeastApproach, last - _instability)), last) };
    }
}
