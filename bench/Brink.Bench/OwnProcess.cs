using System.Diagnostics;
using System.Text.Json;

namespace Brink.Bench;

/// <summary>Benchmarks in processes of their own: where what is measured is settled when a process begins, or is its
/// memory.</summary>
internal static class OwnProcess
{
    private static readonly JsonSerializerOptions Named = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The one row that a benchmark gives in a process with an environment variable.</summary>
    /// <exception cref="InvalidOperationException">It failed; with what it printed.</exception>
    public static TRow Row<TRow>(string benchmark, string variable, string value)
    {
        var start = With("bench", benchmark, "--json");
        start.Environment[variable] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException(error.Result);
        return JsonSerializer.Deserialize<TRow[]>(output, Named)!.Single();
    }

    /// <summary>This program once more, by its own executable, or by dotnet and the path of its assembly. Both outputs are
    /// redirected.</summary>
    public static ProcessStartInfo With(params string[] arguments)
    {
        var program = Environment.ProcessPath!;
        string[] assembly = Path.GetFileNameWithoutExtension(program) == "dotnet"
            ? [Path.GetFullPath(Environment.GetCommandLineArgs()[0])]
            : [];
        return new(program, [.. assembly, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
    }
}
