using System.Diagnostics;

namespace Brink.Bench;

/// <summary>Time of the quickstart on idle cores and with a process that keeps one core busy, in turn. The waits of threads are
/// fixed when a process begins: each run is a process of brink with a variable in its environment.</summary>
internal static class LoadCosts
{
    public const string Name = "load";

    private const int Rounds = 3;

    /// <summary>The quickstart with the same descent and a third of the tracked phase.</summary>
    private static readonly string[] Run = ["run", "quickstart", "--set", "tracking.steps=100", "--out"];

    private static readonly (string Waits, string Variable, string Value)[] Settings =
    [
        ("libtorch's threads for 50 microseconds", "BRINK_SHORT_WAITS", "1"),
        ("libtorch's threads for 3 milliseconds", "BRINK_SHORT_WAITS", "0"),
        ("libtorch's threads not at all", "GOMP_SPINCOUNT", "0"),
        ("one thread", "BRINK_THREADS", "1"),
    ];

    public static IReadOnlyList<LoadCostsRow> Rows()
    {
        var folder = Directory.CreateTempSubdirectory("brink-load-");
        try
        {
            using var processes = new StartedProcesses();
            var times = Settings.Select(_ => (Idle: new List<double>(), Loaded: new List<double>())).ToArray();
            for (var round = 0; round < Rounds; round++)
            {
                foreach (var (setting, seconds) in Settings.Zip(times))
                {
                    seconds.Idle.Add(Seconds(processes, setting, folder.FullName));
                    var load = Load(processes);
                    seconds.Loaded.Add(Seconds(processes, setting, folder.FullName));
                    processes.End(load);
                }
            }
            return [.. Settings.Zip(times, (setting, seconds) => Row(setting, seconds.Idle, seconds.Loaded))];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static LoadCostsRow Row((string Waits, string Variable, string Value) setting, List<double> idle, List<double> loaded)
    {
        var (idleSeconds, loadedSeconds) = (Alternating.Median(idle), Alternating.Median(loaded));
        return new(setting.Waits, $"{setting.Variable}={setting.Value}", idleSeconds, loadedSeconds, loadedSeconds / idleSeconds);
    }

    /// <summary>Starts a process, and waits until it keeps a core busy.</summary>
    private static Process Load(StartedProcesses processes)
    {
        var start = OwnProcess.OfBenchmark(BusyCore.Name);
        start.RedirectStandardInput = true;
        var load = processes.Start(start);
        while (!load.HasExited && load.TotalProcessorTime < TimeSpan.FromSeconds(1)) Thread.Sleep(50);
        if (!load.HasExited) return load;
        throw new InvalidOperationException($"the load process ended with exit code {load.ExitCode} before the measurement");
    }

    private static double Seconds(StartedProcesses processes, (string Waits, string Variable, string Value) setting, string folder)
    {
        var start = OwnProcess.OfBrink([.. Run, Path.Combine(folder, Guid.NewGuid().ToString("n"))]);
        start.Environment[setting.Variable] = setting.Value;
        var watch = Stopwatch.StartNew();
        var run = processes.Start(start);
        var output = run.StandardOutput.ReadToEndAsync();
        var error = run.StandardError.ReadToEnd();
        run.WaitForExit();
        var (seconds, code) = (watch.Elapsed.TotalSeconds, run.ExitCode);
        output.Wait();
        processes.End(run);
        return code == 0 ? seconds : throw new InvalidOperationException(error);
    }
}

/// <summary>Median seconds of the run on idle cores and with the load, and their ratio.</summary>
internal sealed record LoadCostsRow(string Spinning, string Variable, double IdleSeconds, double LoadedSeconds, double Ratio);
