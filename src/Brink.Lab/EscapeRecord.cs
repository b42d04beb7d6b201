using Brink.Runs;

namespace Brink.Lab;

/// <summary>What an escape study found, for the page and the figures.</summary>
internal static class EscapeRecord
{
    /// <param name="run">What was found is added to it.</param>
    /// <param name="study">What was asked.</param>
    /// <param name="report">What was found.</param>
    public static void Write(RunWriter run, EscapeStudy study, EscapeReport report)
    {
        run.SetManifest("escape_problem", study.Problem);
        run.SetManifest("escape_seeds", study.Seeds);
        run.SetManifest("escape_epsilon", report.ShownEpsilon);
        run.SetManifest("escape_constants", report.Constants);
        run.SetManifest("escape", report.Results.Select(result => new
        {
            result.Method,
            result.Condition,
            result.Against,
            Slope = result.Slope.Value,
            result.Slope.Low,
            result.Slope.High,
            result.Theory,
            Certified = result.Points.Sum(point => point.Calls.Count(double.IsFinite)),
            Runs = result.Points.Sum(point => point.Calls.Count),
        }));
        foreach (var result in report.Results) Write(run, result);
        foreach (var trace in report.Traces) Write(run, trace);
    }

    private static void Write(RunWriter run, EscapeResult result)
    {
        var process = $"{result.Method}-{result.Condition}";
        foreach (var point in result.Points)
        {
            var x = Math.Log10(point.X);
            run.AddToCurve(process, "calls", 0, x, Logarithm(LogLogSlope.Median(point.Calls)));
            foreach (var (seed, calls) in point.Calls.Index()) run.AddToCurve(process, "calls_of_seed", seed, x, Logarithm(calls));
        }
        if (result.Slope.Value is not { } slope) return;
        foreach (var point in new[] { result.Points.MinBy(one => one.X)!, result.Points.MaxBy(one => one.X)! })
        {
            var x = Math.Log10(point.X);
            run.AddToCurve(process, "fit", 0, x, (result.Slope.Offset / Math.Log(10)) + (slope * x));
        }
    }

    private static void Write(RunWriter run, EscapeTrace trace)
    {
        foreach (var moment in trace.Moments)
        {
            run.AddToCurve(trace.Process, "descent", 0, Logarithm(Math.Max(1, moment.Calls)), moment.Loss);
            run.AddToCurve(trace.Process, "path", 0, Math.Abs(moment.First), Math.Abs(moment.Second));
            if (moment.Growth is not { } growth || !double.IsFinite(growth.Value)) continue;
            run.AddToCurve(trace.Process, "rho", 0, moment.Step, growth.Value);
            run.AddToCurve(trace.Process, "rho_low", 0, moment.Step, growth.Value - growth.StandardError);
            run.AddToCurve(trace.Process, "rho_high", 0, moment.Step, growth.Value + growth.StandardError);
        }
    }

    private static double Logarithm(double value) => double.IsFinite(value) ? Math.Log10(value) : double.NaN;
}
