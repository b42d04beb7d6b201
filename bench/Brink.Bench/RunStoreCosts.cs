using System.Diagnostics;
using System.Globalization;
using Brink.Runs;

namespace Brink.Bench;

/// <summary>Costs of the run store at scale for a user: brink lists 1,000 runs, and verifies, exports, draws and archives a
/// run of 1,000,000 points.</summary>
internal static class RunStoreCosts
{
    private const int Runs = 1000;
    private const long Steps = 100_000;

    /// <summary>Ten series of gradient descent, the flow and the constrained trajectory.</summary>
    private static readonly (string Process, string[] Names)[] Series =
    [
        ("gd", ["loss", "sharpness", "x", "distance"]),
        ("flow", ["loss", "sharpness", "distance"]),
        ("constrained", ["loss", "sharpness", "beta"]),
    ];

    public static IReadOnlyList<RunStoreCostsRow> Rows()
    {
        var folder = Directory.CreateTempSubdirectory("brink-store-");
        try
        {
            for (var i = 0; i < Runs; i++) Small(Path.Combine(folder.FullName, "runs", $"run-{i:d4}"));
            var watch = Stopwatch.StartNew();
            Large(Path.Combine(folder.FullName, "large"));
            var written = watch.Elapsed.TotalSeconds;
            return
            [
                new("1,000,000 points written", written, null),
                Measured("1,000 runs listed", "runs", "list"),
                Measured("1,000,000 points verified", "runs", "verify", "large"),
                Measured("exported as CSV", "runs", "export", "large", "--out", "large.csv"),
                Measured("exported as JSON", "runs", "export", "large", "--format", "json", "--out", "large.json"),
                Measured("exported as Parquet", "runs", "export", "large", "--format", "parquet", "--out", "large.parquet"),
                Measured("drawn as SVG", "figure", "large", "main", "--out", "large.svg"),
                Measured("drawn as a page", "report", "large", "--out", "large.html"),
                Measured("archived", "runs", "export", "large", "--archive", "large.zip"),
                Measured("taken out of the archive", "runs", "import", "large.zip"),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        RunStoreCostsRow Measured(string what, params string[] arguments)
        {
            var (seconds, peak) = InProcess(folder.FullName, arguments);
            return new(what, seconds, peak);
        }
    }

    private static void Small(string folder)
    {
        using var run = RunWriter.Create(folder);
        run.SetManifest("status", "completed");
        run.SetManifest("started", "2026-11-24T12:00:00+00:00");
        run.SetManifest("threshold", 50.0);
        run.SetManifest("tracked_steps", 300);
        run.SetManifest("prediction_error_mean", 0.005);
        run.SetManifest("seconds", 60.0);
        for (var step = 0; step < 10; step++) run.Add("gd", "loss", step, 1.0 / (step + 1));
        run.Commit();
    }

    private static void Large(string folder)
    {
        using var run = RunWriter.Create(folder);
        run.SetManifest("status", "completed");
        run.SetManifest("threshold", 50.0);
        run.SetManifest("instability_step", 0);
        run.SetManifest("tracked_steps", Steps);
        for (var step = 0L; step < Steps; step++)
            foreach (var (process, names) in Series)
                foreach (var name in names) run.Add(process, name, step, 1 + Math.Sin(step * 0.01) + (step % 997 == 0 ? 3 : 0));
        run.Mark();
    }

    private static (double Seconds, double PeakMb) InProcess(string folder, string[] arguments)
    {
        var watch = Stopwatch.StartNew();
        var start = OwnProcess.OfBrink(arguments);
        start.WorkingDirectory = folder;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        var peak = 0L;
        while (!process.WaitForExit(10)) peak = Math.Max(peak, Peak(process.Id));
        var seconds = watch.Elapsed.TotalSeconds;
        output.Wait();
        return process.ExitCode == 0
            ? (seconds, peak / 1024.0)
            : throw new InvalidOperationException($"brink {string.Join(' ', arguments)}: exit code {process.ExitCode}: {error.Result}");
    }

    /// <summary>Largest resident memory so far, in KiB.</summary>
    private static long Peak(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith("VmHWM", StringComparison.Ordinal));
            return line is null
                ? 0
                : long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;   // the process has just ended
        }
    }
}

/// <summary>Seconds from the start of the process to its end, and its largest resident memory.</summary>
internal sealed record RunStoreCostsRow(string What, double Seconds, double? PeakMegabytes);
