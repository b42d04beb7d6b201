using System.Diagnostics;

namespace Brink.Bench;

/// <summary>Processes that a benchmark starts: where what is measured is settled when a process begins, or is its
/// memory.</summary>
internal static class OwnProcess
{
    /// <summary>The one row that a benchmark gives in a process with an environment variable.</summary>
    /// <exception cref="InvalidOperationException">It failed; with what it printed.</exception>
    public static TRow Row<TRow>(string benchmark, string variable, string value)
    {
        var start = OfBenchmark(benchmark);
        start.Environment[variable] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException(error.Result);
        return RowLine.Read<TRow>(output);
    }

    /// <summary>A benchmark in another process of this program.</summary>
    public static ProcessStartInfo OfBenchmark(string name) => Of(typeof(OwnProcess).Assembly.Location, name);

    /// <summary>The program brink: artifacts/bin/Brink.Cli beside this program's own folder, in the same configuration.</summary>
    /// <exception cref="FileNotFoundException">It is not built.</exception>
    public static ProcessStartInfo OfBrink(params string[] arguments)
    {
        var own = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);
        var brink = Path.GetFullPath(Path.Combine(own, "..", "..", "Brink.Cli", Path.GetFileName(own), "Brink.Cli.dll"));
        return File.Exists(brink)
            ? Of(brink, arguments)
            : throw new FileNotFoundException($"{brink}: no such file; build it with 'dotnet build src/Brink.Cli -c Release'");
    }

    private static ProcessStartInfo Of(string assembly, params string[] arguments) => new(Host, [assembly, .. arguments])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        UseShellExecute = false,
    };

    /// <summary>The dotnet that runs this program, or the one on the path where the program runs by its own executable.</summary>
    private static string Host =>
        Environment.ProcessPath is { } program && Path.GetFileNameWithoutExtension(program) == "dotnet" ? program : "dotnet";
}
