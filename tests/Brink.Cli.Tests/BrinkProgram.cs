using System.Diagnostics;
using System.Text.Json;
using Brink.Tests;

namespace Brink.Cli.Tests;

/// <summary>The program brink, run as a process in a folder of its own.</summary>
internal sealed class BrinkProgram : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-cli-");

    /// <summary>The program in artifacts/bin, in the configuration of this assembly.</summary>
    public static readonly string Program = System.IO.Path.GetFullPath(System.IO.Path.Combine(
        AppContext.BaseDirectory, "..", "..",
        "Brink.Cli", System.IO.Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "Brink.Cli.dll"));

    public string Path(string name) => System.IO.Path.Combine(_folder.FullName, name);

    public Result Run(params string[] arguments) => Run([], arguments);

    public Result Run((string Name, string Value)[] environment, params string[] arguments)
    {
        using var process = Start(environment, arguments);
        process.CloseInput();
        return Ended(process);
    }

    /// <summary>Waits for the end of a process that <see cref="Start"/> started.</summary>
    public static Result Ended(ChildProcess process)
    {
        var (code, output, error) = process.Ended();
        return new(code, output, error);
    }

    public ChildProcess Start((string Name, string Value)[] environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. arguments]) { WorkingDirectory = _folder.FullName };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new(start);
    }

    /// <summary>Asserts that <c>brink runs show</c> prints readable lines without JSON, and that <c>--json</c> prints
    /// the manifest.</summary>
    /// <param name="run">Name of the run.</param>
    /// <param name="parts">Texts that the output contains.</param>
    public void AssertShown(string run, params string[] parts)
    {
        var shown = Run("runs", "show", run);
        Assert.Equal((0, ""), (shown.Code, shown.Error));
        Assert.DoesNotContain('{', shown.Output);
        Assert.DoesNotContain("[\n", shown.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\":", shown.Output, StringComparison.Ordinal);
        foreach (var part in (string[])["[run]\n", "status", "[origin]\n", "libtorch", .. parts])
            Assert.Contains(part, shown.Output, StringComparison.Ordinal);
        Assert.True(Run("runs", "show", run, "--json").Json.TryGetProperty("status", out _));
    }

    /// <summary>Runs the program with a terminal for stdout and stderr; returns null if no terminal can be made.</summary>
    public Result? OnTerminal(params string[] arguments)
    {
        if (!File.Exists("/usr/bin/script")) return null;
        string[] shell = ["-qec", $"stty cols 120; dotnet {Program} {string.Join(' ', arguments)}", "/dev/null"];
        var start = new ProcessStartInfo("/usr/bin/script", shell)
        {
            WorkingDirectory = _folder.FullName,
        };
        start.Environment["TERM"] = "xterm-256color";
        using var process = new ChildProcess(start);
        var (code, output, _) = process.Ended();
        // Without colours and cursor movements.
        return new(code, System.Text.RegularExpressions.Regex.Replace(output, @"\x1b\[[0-9;?]*[A-Za-z]", ""), "");
    }

    public void Dispose() => _folder.Delete(recursive: true);
}

internal sealed record Result(int Code, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>The text on stderr, which must be one line.</summary>
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
