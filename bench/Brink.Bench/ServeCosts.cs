using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Brink.Runs;
using Microsoft.Playwright;

namespace Brink.Bench;

/// <summary>What a user of <c>brink serve</c> waits for, in headless Chromium: the first page, a list of 1,000 runs, a comparison of
/// 50 runs of 100,000 points, its frames while the view moves; and the delay and the load of a run that writes 1,000 rows a
/// second.</summary>
internal static class ServeCosts
{
    private const int ListedRuns = 1000, ComparedRuns = 50, Points = 100_000, Opened = 5;

    private const string Clock = "() => performance.timeOrigin + performance.now()";

    public static IReadOnlyList<ServeCostsRow> Rows() => Measured().GetAwaiter().GetResult();

    private static async Task<IReadOnlyList<ServeCostsRow>> Measured()
    {
        var folder = Directory.CreateTempSubdirectory("brink-serve-");
        using var processes = new StartedProcesses();
        try
        {
            for (var i = 0; i < ListedRuns; i++) Small(Path.Combine(folder.FullName, "listed", $"run-{i:d4}"), i);
            for (var i = 0; i < ComparedRuns; i++) Long(Path.Combine(folder.FullName, "compared", $"run-{i:d2}"), i);
            using var playwright = await Playwright.CreateAsync();
            await using var browser = await playwright.Chromium.LaunchAsync(
                new() { ExecutablePath = Executable(), Args = ["--no-sandbox", "--disable-gpu"] });
            var rows = new List<ServeCostsRow>();
            rows.AddRange(await List(processes, browser, Path.Combine(folder.FullName, "listed")));
            rows.AddRange(await Comparison(processes, browser, Path.Combine(folder.FullName, "compared")));
            rows.AddRange(await Live(processes, browser, Path.Combine(folder.FullName, "live")));
            return rows;
        }
        finally
        {
            processes.Dispose();
            folder.Delete(recursive: true);
        }
    }

    private static async Task<IReadOnlyList<ServeCostsRow>> List(StartedProcesses processes, IBrowser browser, string root)
    {
        var watch = Stopwatch.StartNew();
        var (server, address) = Serve(processes, root);
        await using (var window = await browser.NewContextAsync())
        {
            var page = await window.NewPageAsync();
            await page.GotoAsync(address);
            await page.Locator("tbody tr").Nth(ListedRuns - 1).WaitForAsync();
        }
        var start = watch.Elapsed.TotalSeconds;
        var again = await Median(Opened, () => Listed(0));
        var whole = await Median(Opened, () => Listed(ListedRuns - 1));

        async Task<double> Listed(int row)
        {
            await using var window = await browser.NewContextAsync();
            var page = await window.NewPageAsync();
            var from = Stopwatch.GetTimestamp();
            await page.GotoAsync(address);
            await page.Locator("tbody tr").Nth(row).WaitForAsync();
            return Stopwatch.GetElapsedTime(from).TotalSeconds;
        }

        var memory = Memory(server);
        processes.End(server);
        var first = await Median(Opened, async () =>
        {
            var from = Stopwatch.GetTimestamp();
            var (own, own1) = Serve(processes, Path.Combine(root, "none"), create: true);
            await using var window = await browser.NewContextAsync();
            var page = await window.NewPageAsync();
            await page.GotoAsync(own1);
            await page.Locator("h1").WaitForAsync();
            processes.End(own);
            return Stopwatch.GetElapsedTime(from).TotalSeconds;
        });
        return
        [
            new("start of the program to the first page", first, "s"),
            new("start of the program to a list of 1,000 runs", start, "s"),
            new("a list of 1,000 runs, until it is shown", again, "s"),
            new("until its last row is there", whole, "s"),
            new("memory of the server after it", memory, "MB"),
        ];
    }

    private static async Task<IReadOnlyList<ServeCostsRow>> Comparison(StartedProcesses processes, IBrowser browser, string root)
    {
        var (server, address) = Serve(processes, root);
        var runs = Directory.EnumerateDirectories(root).Select(Path.GetFileName).Order(StringComparer.Ordinal);
        var query = string.Join('&', runs.Select(run => $"run={run}"));
        var seconds = await Median(Opened, async () =>
        {
            await using var window = await browser.NewContextAsync();
            var page = await window.NewPageAsync();
            var from = Stopwatch.GetTimestamp();
            await page.GotoAsync($"{address}#/run?{query}");
            await page.WaitForFunctionAsync($"() => drawn.length > 0 && drawn[0].figure.curves.length === {ComparedRuns}");
            return Stopwatch.GetElapsedTime(from).TotalSeconds;
        });
        await using var shown = await browser.NewContextAsync();
        var moved = await shown.NewPageAsync();
        await moved.GotoAsync($"{address}#/run?{query}");
        await moved.WaitForFunctionAsync($"() => drawn.length > 0 && drawn[0].figure.curves.length === {ComparedRuns}");
        var frame = await moved.EvaluateAsync<double>("""
            async () => {
              const { chart } = drawn[0], width = chart.scales.x.max / 2, times = [];
              for (let i = 0; i < 60; i++) {
                const from = performance.now();
                chart.setScale("x", { min: i * width / 100, max: i * width / 100 + width });
                await new Promise(requestAnimationFrame);
                times.push(performance.now() - from);
              }
              return times.sort((a, b) => a - b)[30];
            }
            """);
        var memory = Memory(server);
        processes.End(server);
        return
        [
            new("50 runs of 100,000 points compared", seconds, "s"),
            new("a frame while the view moves over them", frame, "ms"),
            new("memory of the server after it", memory, "MB"),
        ];
    }

    /// <summary>A run of this process with ten series: 1,000 rows a second, committed ten times a second as studies do.</summary>
    private static async Task<IReadOnlyList<ServeCostsRow>> Live(StartedProcesses processes, IBrowser browser, string root)
    {
        const int seconds = 30, series = 10, commits = 10;
        Directory.CreateDirectory(root);
        using var run = RunWriter.Create(Path.Combine(root, "live"));
        run.SetManifest("status", "running");
        run.SetManifest("kind", "written by a benchmark");
        for (var i = 0; i < series; i++) run.Add("gd", $"series {i}", 0, 1);
        run.Commit(0);
        var (server, address) = Serve(processes, root);
        await using var window = await browser.NewContextAsync();
        var page = await window.NewPageAsync();
        await page.GotoAsync($"{address}#/run?run=live");
        await page.WaitForFunctionAsync($"() => drawn.length === {series}");
        // The moment at which every step is on the page: in a frame that is painted.
        await page.EvaluateAsync("""
            () => {
              globalThis.arrived = [];
              const look = () => {
                const now = performance.timeOrigin + performance.now(), last = drawn[0].figure.curves[0].x.at(-1);
                for (let step = arrived.length; step <= last; step++) arrived.push(now);
                requestAnimationFrame(look);
              };
              look();
            }
            """);
        var written = new List<double> { 0 };
        var offset = await page.EvaluateAsync<double>(Clock) - Now();
        var load = server.TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        const int steps = 1000 / series;
        for (var step = 1; step <= seconds * steps; step++)
        {
            for (var i = 0; i < series; i++) run.Add("gd", $"series {i}", step, Math.Sin(0.01 * step) + i);
            written.Add(Now());
            if (step % (steps / commits) == 0) run.Commit(watch.Elapsed.TotalSeconds);
            var ahead = TimeSpan.FromSeconds((double)step / steps) - watch.Elapsed;
            if (ahead > TimeSpan.Zero) await Task.Delay(ahead);
        }
        run.Commit();
        server.Refresh();
        var share = (server.TotalProcessorTime - load) / watch.Elapsed;
        await page.WaitForFunctionAsync($"() => arrived.length > {seconds * steps}");
        var arrived = await page.EvaluateAsync<double[]>("() => arrived");
        double[] delays = [.. Enumerable.Range(1, seconds * steps).Select(step => arrived[step] - (written[step] + offset)).Order()];
        var memory = Memory(server);
        processes.End(server);
        return
        [
            new("delay of a row at 1,000 rows a second, median", delays[delays.Length / 2], "ms"),
            new("the same, 99 of 100 rows", delays[(int)(0.99 * delays.Length)], "ms"),
            new("load of the server meanwhile", 100 * share, "% of a core"),
            new("memory of the server after it", memory, "MB"),
        ];
    }

    /// <summary>Starts a server, and waits until it answers.</summary>
    private static (Process Server, string Address) Serve(StartedProcesses processes, string root, bool create = false)
    {
        if (create) Directory.CreateDirectory(root);
        var start = OwnProcess.OfBrink("serve", root, "--port", "0", "--no-browser", "--json");
        var server = processes.Start(start);
        var text = "";
        while (!text.Contains('}', StringComparison.Ordinal))
            text += server.StandardOutput.ReadLine() ?? throw new InvalidOperationException(server.StandardError.ReadToEnd());
        return (server, JsonDocument.Parse(text).RootElement.GetProperty("address").GetString()!);
    }

    private static void Small(string folder, int i)
    {
        using var run = RunWriter.Create(folder);
        run.SetManifest("kind", EdgeSchema.Kind);
        run.SetManifest("name", Path.GetFileName(folder));
        run.SetManifest("status", "completed");
        run.SetManifest("started", string.Create(CultureInfo.InvariantCulture, $"2026-11-24T12:{i / 60 % 60:d2}:{i % 60:d2}+00:00"));
        var rate = 0.01 * (1 + (i % 20));
        run.SetManifest("experiment", string.Create(CultureInfo.InvariantCulture, $"learning_rate: {rate}\nseed: {i / 20}\n"));
        run.SetManifest("threshold", 50.0);
        run.SetManifest("tracked_steps", 300);
        run.SetManifest("seconds", 60.0 + i);
        for (var step = 0; step < 10; step++) run.Add("gd", "loss", step, 1.0 / (step + 1));
        run.Mark();
    }

    private static void Long(string folder, int i)
    {
        using var run = RunWriter.Create(folder);
        run.SetManifest("kind", "written by a benchmark");
        run.SetManifest("name", Path.GetFileName(folder));
        run.SetManifest("status", "completed");
        for (var step = 0; step < Points; step++)
            run.Add("gd", "loss", step, i + Math.Sin(step * 0.001) + (step % 997 == 0 ? 3 : 0));
        run.Mark();
    }

    private static async Task<double> Median(int times, Func<Task<double>> measured)
    {
        var seconds = new List<double>();
        for (var i = 0; i < times; i++) seconds.Add(await measured());
        return Alternating.Median(seconds);
    }

    private static double Memory(Process process)
    {
        process.Refresh();
        return process.WorkingSet64 / 1e6;
    }

    /// <summary>Milliseconds of a clock that runs as the browser's.</summary>
    private static double Now() => Stopwatch.GetTimestamp() * 1000.0 / Stopwatch.Frequency;

    private static string Executable() => Environment.GetEnvironmentVariable("BRINK_CHROMIUM") is { Length: > 0 } given
        ? given
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException("no Chromium: install chromium, or set BRINK_CHROMIUM to the path of one");
}

/// <param name="What">What was measured.</param>
/// <param name="Unit">Unit of the value.</param>
internal sealed record ServeCostsRow(string What, double Value, string Unit);
