using System.Diagnostics;
using System.Text.Json;

namespace Brink.Bench;

/// <summary>What each part of the process's preparation gives. It is settled before libtorch allocates, so
/// that every measurement is a process of its own; the settings take turns.</summary>
internal static class PreparationGains
{
    private const int Rounds = 5;

    private static readonly (string Name, string Variable, string Value)[] Settings =
    [
        ("everything on", "BRINK_KEEP_BLOCKS", "1"),
        ("allocator off", "BRINK_KEEP_BLOCKS", "0"),
        ("warnings on", "BRINK_QUIET", "0"),
        ("one thread", "BRINK_THREADS", "1"),
        ("threads do not spin", "GOMP_SPINCOUNT", "0"),
        ("threads always spin", "OMP_WAIT_POLICY", "ACTIVE"),
    ];

    public static IReadOnlyList<PreparationGainsRow> Rows()
    {
        var times = Settings.Select(_ => new List<(double Gradient, double Product)>()).ToArray();
        for (var round = 0; round < Rounds; round++)
            for (var i = 0; i < Settings.Length; i++)
                times[i].Add(InProcess(Settings[i].Variable, Settings[i].Value));
        return
        [
            .. Settings.Zip(times, (setting, rounds) => new PreparationGainsRow(
                setting.Name,
                $"{setting.Variable}={setting.Value}",
                Alternating.Median(rounds.Select(round => round.Gradient)),
                Alternating.Median(rounds.Select(round => round.Product)))),
        ];
    }

    private static (double Gradient, double Product) InProcess(string variable, string value)
    {
        // This program once more: by its own executable, or by dotnet and the path of its assembly.
        var program = Environment.ProcessPath!;
        string[] assembly = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
        var start = new ProcessStartInfo(program, [.. assembly, "bench", ProcessTimes.Name, "--json"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment[variable] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException(error.Result);
        using var document = JsonDocument.Parse(output);
        var row = document.RootElement[0];
        return (row.GetProperty("gradient_milliseconds").GetDouble(), row.GetProperty("product_milliseconds").GetDouble());
    }
}

/// <summary>Medians, in milliseconds: as those of <see cref="ProcessTimesRow"/>.</summary>
internal sealed record PreparationGainsRow(string Setting, string Variable, double GradientMilliseconds, double ProductMilliseconds);
