using Brink.Runs;
using Brink.Spectra;

namespace Brink.Lab;

/// <summary>An inspection as a run, for the page and the figures.</summary>
public static class InspectionRecord
{
    /// <summary>Whose curves these are in the run store.</summary>
    public const string Process = "spectrum";

    // Points of a density curve.
    private const int Grid = 400;

    // Widths of the normal densities that stand for an eigenvalue: share of the range, and in decades.
    private const double Width = 0.01, Decades = 0.1;

    // Decades below the largest magnitude that the logarithmic densities show.
    private const double Depth = 9;

    /// <param name="run">New; complete afterwards.</param>
    /// <param name="name">What the run is called.</param>
    /// <param name="origin">Model, data and loss by these names.</param>
    /// <param name="report">What was found.</param>
    /// <param name="seconds">That it took.</param>
    public static RunSummary Write(
        RunWriter run, string name, IReadOnlyDictionary<string, string> origin, InspectionReport report, double seconds)
    {
        var journal = new RunJournal(run, TimeProvider.System);
        journal.GoOn(seconds);
        journal.Begin(name);
        run.SetManifest("experiment", string.Join('\n', origin.Select(pair => $"{pair.Key}: {pair.Value}")));
        if (report.Remark is { } remark) run.SetManifest("remark", remark);
        run.SetManifest("parameters", report.Parameters);
        run.SetManifest("loss", report.Loss);
        run.SetManifest("gradient_norm", report.GradientNorm);
        run.SetManifest("top", report.Top);
        run.SetManifest("bottom", report.Bottom);
        run.SetManifest("sharpness", report.Sharpness);
        run.SetManifest("trace", report.Trace);
        run.SetManifest("layers", report.Layers);
        run.SetManifest("advice", report.Advice);
        run.SetManifest("largest_stable_step", report.LargestStableStep);
        run.SetManifest("warm_up", report.WarmUp);
        run.SetManifest("products", report.Products);
        if (report.Check is { } check) run.SetManifest("check", check);
        foreach (var (i, bound) in report.Top.Index()) run.AddToCurve(Process, "top", 0, i + 1, bound.Value);
        foreach (var (i, bound) in report.Bottom.Index()) run.AddToCurve(Process, "bottom", 0, i + 1, bound.Value);
        if (report.Quadrature is { } quadrature) Write(run, quadrature);
        return journal.End(RunStatus.Completed, $"{report.Products} Hessian products");
    }

    private static void Write(RunWriter run, SpectralQuadrature quadrature)
    {
        run.SetManifest("effective_rank", quadrature.IntrinsicRank);
        run.SetManifest("participation_rank", quadrature.ParticipationRank);
        run.SetManifest("trace_of_square", quadrature.TraceOfSquare);
        run.SetManifest("condition_number", quadrature.ConditionNumber(Inspection.NullCut));
        var nodes = quadrature.Rules.SelectMany(rule => rule.Nodes).ToArray();
        var (least, most) = (nodes.Min(), nodes.Max());
        if (!(most > least)) return;   // one eigenvalue has no density
        var width = (most - least) * Width;
        Curve("density", quadrature.Density(Points(least - (3 * width), most + (3 * width)), width));
        var decade = Math.Log10(quadrature.LargestMagnitude);
        var grid = Points(decade - Depth, decade + (3 * Decades));
        Curve("positive", quadrature.LogDensity(grid, Decades, negative: false));
        Curve("negative", quadrature.LogDensity(grid, Decades, negative: true));

        void Curve(string name, DensityCurve curve)
        {
            for (var i = 0; i < curve.Grid.Count; i++)
            {
                run.AddToCurve(Process, name, 0, curve.Grid[i], curve.Mean[i]);
                var error = double.IsNaN(curve.StandardError[i]) ? 0 : curve.StandardError[i];
                run.AddToCurve(Process, name + "_low", 0, curve.Grid[i], Math.Max(0, curve.Mean[i] - error));
                run.AddToCurve(Process, name + "_high", 0, curve.Grid[i], curve.Mean[i] + error);
            }
        }
    }

    private static double[] Points(double from, double to) =>
        [.. Enumerable.Range(0, Grid).Select(i => from + (i * (to - from) / (Grid - 1)))];
}
