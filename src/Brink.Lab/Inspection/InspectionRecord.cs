using Brink.Runs;
using Brink.Spectra;

namespace Brink.Lab;

/// <summary>Writes an inspection as a run, for the page and the figures.</summary>
public static class InspectionRecord
{
    // Points of a density curve.
    private const int Grid = 400;

    // Widths of the normal density of an eigenvalue: as a share of the range, and in decades.
    private const double Width = 0.01, Decades = 0.1;

    // Decades below the largest magnitude that the logarithmic densities show.
    private const double Depth = 9;

    /// <param name="run">New run; complete afterwards.</param>
    /// <param name="name">Name of the run.</param>
    /// <param name="origin">Model, data and loss by their names.</param>
    /// <param name="report">Results of the inspection.</param>
    /// <param name="seconds">Duration of the inspection.</param>
    public static RunSummary Write(
        RunWriter run, string name, IReadOnlyDictionary<string, string> origin, InspectionReport report, double seconds)
    {
        var journal = new RunJournal(run, TimeProvider.System);
        journal.Resume(seconds);
        journal.Begin(name, InspectionSchema.Kind, string.Join('\n', origin.Select(pair => $"{pair.Key}: {pair.Value}")));
        if (report.Remark is { } remark) run.Set(RunSchema.Remark, remark);
        run.Set(RunSchema.Parameters, report.Parameters);
        run.Set(InspectionSchema.Loss, report.Loss);
        run.Set(InspectionSchema.GradientNorm, report.GradientNorm);
        run.Set(InspectionSchema.Top, report.Top);
        run.Set(InspectionSchema.Bottom, report.Bottom);
        run.Set(InspectionSchema.Sharpness, report.Sharpness);
        run.Set(InspectionSchema.Trace, Row(report.Trace));
        run.Set(InspectionSchema.Layers, [.. report.Layers.Select(Row)]);
        run.Set(InspectionSchema.Advice, AdviceRows.Of(report.Advice));
        run.Set(InspectionSchema.LargestStableStep, report.LargestStableStep);
        run.Set(InspectionSchema.WarmUp, AdviceRows.Of(report.WarmUp));
        run.Set(InspectionSchema.Products, report.Products);
        if (report.Check is { } check) run.Set(InspectionSchema.Check, RunJson.Node(check));
        foreach (var (i, bound) in report.Top.Index()) run.AddToCurve(InspectionSchema.TopCurve, 0, i + 1, bound.Value);
        foreach (var (i, bound) in report.Bottom.Index()) run.AddToCurve(InspectionSchema.BottomCurve, 0, i + 1, bound.Value);
        if (report.Quadrature is { } quadrature) Write(run, quadrature);
        return journal.End(RunStatus.Completed, $"{report.Products} Hessian products");
    }

    private static void Write(RunWriter run, SpectralQuadrature quadrature)
    {
        run.Set(InspectionSchema.EffectiveRank, quadrature.IntrinsicRank);
        run.Set(InspectionSchema.ParticipationRank, quadrature.ParticipationRank);
        run.Set(InspectionSchema.TraceOfSquare, Row(quadrature.TraceOfSquare));
        run.Set(InspectionSchema.ConditionNumber, quadrature.ConditionNumber(SpectralQuadrature.NullCut));
        var nodes = quadrature.Rules.SelectMany(rule => rule.Nodes).ToArray();
        var (least, most) = (nodes.Min(), nodes.Max());
        if (!(most > least)) return;   // one eigenvalue has no density
        var width = (most - least) * Width;
        Curve(InspectionSchema.Density, quadrature.Density(Points(least - (3 * width), most + (3 * width)), width));
        var decade = Math.Log10(quadrature.LargestMagnitude);
        var grid = Points(decade - Depth, decade + (3 * Decades));
        Curve(InspectionSchema.Positive, quadrature.LogDensity(grid, Decades, negative: false));
        Curve(InspectionSchema.Negative, quadrature.LogDensity(grid, Decades, negative: true));

        void Curve(string name, DensityCurve curve)
        {
            for (var i = 0; i < curve.Grid.Count; i++)
            {
                run.AddToCurve(InspectionSchema.Spectrum, name, 0, curve.Grid[i], curve.Mean[i]);
                var error = double.IsNaN(curve.StandardError[i]) ? 0 : curve.StandardError[i];
                var lower = Math.Max(0, curve.Mean[i] - error);
                run.AddToCurve(InspectionSchema.Spectrum, InspectionSchema.Lower(name), 0, curve.Grid[i], lower);
                run.AddToCurve(InspectionSchema.Spectrum, InspectionSchema.Upper(name), 0, curve.Grid[i], curve.Mean[i] + error);
            }
        }
    }

    private static LayerRow Row(LayerShare layer) =>
        new(layer.Name, layer.Parameters, layer.Sharpness, Row(layer.Trace), layer.DirectionShare);

    private static TraceRow Row(TraceEstimate trace) => new(trace.Value, trace.StandardError, trace.Products);

    private static double[] Points(double from, double to) =>
        [.. Enumerable.Range(0, Grid).Select(i => from + (i * (to - from) / (Grid - 1)))];
}
