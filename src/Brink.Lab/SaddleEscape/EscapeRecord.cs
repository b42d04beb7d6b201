using Brink.Runs;

namespace Brink.Lab;

/// <summary>Writes the results of an escape study into a run, for the page and the figures.</summary>
internal static class EscapeRecord
{
    /// <param name="run">Run that receives the results.</param>
    /// <param name="study">The study.</param>
    /// <param name="report">Results of the study.</param>
    public static void Write(RunWriter run, EscapeStudy study, EscapeReport report)
    {
        run.Set(EscapeSchema.Problem, study.Problem);
        run.Set(EscapeSchema.Seeds, study.Seeds);
        run.Set(EscapeSchema.Epsilon, report.ShownEpsilon);
        run.Set(EscapeSchema.Constants, RunJson.Node(report.Constants));
        run.Set(EscapeSchema.Results, [.. report.Results.Select(Row)]);
        foreach (var result in report.Results) Write(run, Row(result).Process(), result);
        foreach (var trace in report.Traces) Write(run, trace);
    }

    private static EscapeRow Row(EscapeResult result) => new(
        result.Method,
        result.Condition,
        result.Against,
        result.Slope.Value,
        result.Slope.Low,
        result.Slope.High,
        result.Theory,
        result.Points.Sum(point => point.Calls.Count(double.IsFinite)),
        result.Points.Sum(point => point.Calls.Count),
        result.Points);

    private static void Write(RunWriter run, string process, EscapeResult result)
    {
        foreach (var point in result.Points)
        {
            var x = Math.Log10(point.X);
            run.AddToCurve(process, EscapeSchema.Calls, 0, x, Logarithm(LogLogSlope.Median(point.Calls)));
            foreach (var (seed, calls) in point.Calls.Index()) run.AddToCurve(process, EscapeSchema.CallsOfSeed, seed, x, Logarithm(calls));
        }
        if (result.Slope.Value is not { } slope) return;
        foreach (var point in new[] { result.Points.MinBy(one => one.X)!, result.Points.MaxBy(one => one.X)! })
        {
            var x = Math.Log10(point.X);
            run.AddToCurve(process, EscapeSchema.Fit, 0, x, (result.Slope.Offset / Math.Log(10)) + (slope * x));
        }
    }

    private static void Write(RunWriter run, EscapeTrace trace)
    {
        foreach (var moment in trace.Moments)
        {
            run.AddToCurve(trace.Process, EscapeSchema.Descent, 0, Logarithm(Math.Max(1, moment.Calls)), moment.Loss);
            run.AddToCurve(trace.Process, EscapeSchema.Path, 0, Math.Abs(moment.First), Math.Abs(moment.Second));
            if (moment.Growth is not { } growth || !double.IsFinite(growth.Value)) continue;
            run.AddToCurve(trace.Process, EscapeSchema.Rho, 0, moment.Step, growth.Value);
            run.AddToCurve(trace.Process, EscapeSchema.RhoLow, 0, moment.Step, growth.Value - growth.StandardError);
            run.AddToCurve(trace.Process, EscapeSchema.RhoHigh, 0, moment.Step, growth.Value + growth.StandardError);
        }
    }

    private static double Logarithm(double value) => double.IsFinite(value) ? Math.Log10(value) : double.NaN;
}
