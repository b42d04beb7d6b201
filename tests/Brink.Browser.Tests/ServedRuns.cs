using System.Diagnostics;
using System.Text.Json;
using Brink.Tests;

namespace Brink.Browser.Tests;

/// <summary>The command <c>brink serve</c> in a process of its own.</summary>
internal sealed class ServedRuns : IDisposable
{
    private static readonly string Program = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "Brink.Cli", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "Brink.Cli.dll"));

    private readonly ChildProcess _process;

    public ServedRuns(string root, int port = 0, params string[] more)
    {
        _process = Start(["serve", root, "--port", $"{port}", "--no-browser", "--json", .. more]);
        _process.Await(() => _process.Output.Contains('}', StringComparison.Ordinal));
        Assert.False(_process.HasExited, _process.Error);
        Address = new(JsonDocument.Parse(_process.Output).RootElement.GetProperty("address").GetString()!);
    }

    public Uri Address { get; }

    /// <summary>What the process has printed to stderr.</summary>
    public string Error => _process.Error;

    /// <summary>Starts brink in another process.</summary>
    public static ChildProcess Start(params string[] arguments) => new(new ProcessStartInfo("dotnet", [Program, .. arguments]));

    /// <summary>Address of the page of some runs.</summary>
    public string Of(params string[] runs) => $"{Address}#/run?{string.Join('&', runs.Select(run => $"run={run}"))}";

    public void Kill() => _process.Kill();

    public void Dispose() => _process.Dispose();
}
