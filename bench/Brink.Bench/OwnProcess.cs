using System.Diagnostics;

namespace Brink.Bench;

/// <summary>Processes of a benchmark that measures memory, or settings that are fixed when a process
/// begins.</summary>
internal static class OwnProcess
{
    /// <summary>Runs a benchmark in a process with an environment variable, and returns its only row.</summary>
    /// <exception cref="InvalidOperationException">The process failed; the message is its error output.</exception>
    public static TRow Row<TRow>(string benchmark, string variable, string value)
    {
        var start = OfBenchmark(benchmark);
        start.Environment[variable] = value;
        using var processes = new StartedProcesses();
        return Row<TRow>(processes, start);
    }

    /// <summary>Runs a process to its end, and returns its only row.</summary>
    /// <exception cref="InvalidOperationException">The process failed; the message is its error output.</exception>
    public static TRow Row<TRow>(StartedProcesses processes, ProcessStartInfo start)
    {
        var process = processes.Start(start);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var code = process.ExitCode;
        processes.End(process);
        return code == 0 ? RowLine.Read<TRow>(output) : throw new InvalidOperationException(error.Result);
    }

    /// <summary>Start of a benchmark in another process of this program.</summary>
    public static ProcessStartInfo OfBenchmark(string name) => Of(typeof(OwnProcess).Assembly.Location, name);

    /// <summary>Start of the program brink from artifacts/bin/Brink.Cli, in the configuration of this program.</summary>
    /// <exception cref="FileNotFoundException">The program brink is not built.</exception>
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

    /// <summary>The dotnet that runs this program, or, for an own executable, the dotnet on the path.</summary>
    private static string Host =>
        Environment.ProcessPath is { } program && Path.GetFileNameWithoutExtension(program) == "dotnet" ? program : "dotnet";
}
