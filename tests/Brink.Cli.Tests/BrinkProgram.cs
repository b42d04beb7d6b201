using System.Diagnostics;
using System.Text.Json;

namespace Brink.Cli.Tests;

/// <summary>The program brink, run as a process in a folder of its own.</summary>
internal sealed class BrinkProgram : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-cli-");

    /// <summary>artifacts/bin/Brink.Cli beside this assembly's own folder, in the same
    /// configuration.</summary>
    private static readonly string Program = System.IO.Path.GetFullPath(System.IO.Path.Combine(
        AppContext.BaseDirectory, "..", "..", "Brink.Cli", System.IO.Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "Brink.Cli.dll"));

    public string Path(string name) => System.IO.Path.Combine(_folder.FullName, name);

    public Result Run(params string[] arguments) => Run([], arguments);

    public Result Run((string Name, string Value)[] environment, params string[] arguments)
    {
        using var process = Start(environment, arguments);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new(process.ExitCode, output, error.Result);
    }

    public Process Start((string Name, string Value)[] environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. arguments])
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>The same with a terminal for stdout and stderr, or null where none can be made.</summary>
    public Result? OnTerminal(params string[] arguments)
    {
        if (!File.Exists("/usr/bin/script")) return null;
        var start = new ProcessStartInfo("/usr/bin/script", ["-qec", $"stty cols 120; dotnet {Program} {string.Join(' ', arguments)}", "/dev/null"])
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["TERM"] = "xterm-256color";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        // Colours and cursor movements out.
        return new(process.ExitCode, System.Text.RegularExpressions.Regex.Replace(output, @"\x1b\[[0-9;?]*[A-Za-z]", ""), "");
    }

    public void Dispose() => _folder.Delete(recursive: true);
}

internal sealed record Result(int Code, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>The one line on stderr.</summary>
    public string ErrorLine
    {
        get
        {
            Assert.Equal(1, Error.Count(letter => letter == '\n'));
            Assert.StartsWith("brink: ", Error, StringComparison.Ordinal);
            return Error;
        }
    }
}
