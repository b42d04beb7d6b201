using System.Diagnostics;
using Brink.Tests;

namespace Brink.Cli.Tests;

/// <summary>build/compile, which the launchers brink and test.sh call, with a script that replaces dotnet.</summary>
public sealed class CompileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-compile-");

    [Fact]
    public void A_build_prints_a_line_per_step()
    {
        var (code, output, error) =
            Built("echo '  Restored Brink.csproj (in 1 sec).'; echo '  Brink -> Brink.dll'; echo '  Brink.Cli -> Brink.Cli.dll'");
        Assert.Equal((0, ""), (code, output));
        Assert.Matches(@"^brink: restoring packages .*\nbrink: compiling \d+ projects\nbrink: built in \d+ s\n$", error);
    }

    [Fact]
    public void A_failed_build_prints_its_output()
    {
        var (code, output, error) =
            Built("echo '  Restored Brink.csproj (in 1 sec).'; echo 'a.cs(1,1): error CS1002'; echo 'no disk' >&2; exit 3");
        Assert.Equal((1, ""), (code, output));
        Assert.EndsWith(
            "\n  Restored Brink.csproj (in 1 sec).\na.cs(1,1): error CS1002\nno disk\nbrink: the build failed; its output is above\n",
            error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private (int Code, string Output, string Error) Built(string dotnet)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the launchers are shell scripts");
        var program = Path.Combine(_folder.FullName, "dotnet");
        File.WriteAllText(program, "#!/bin/sh\n" + dotnet + "\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var start = new ProcessStartInfo(Checkout.Path("build/compile"), ["brink", Checkout.Path("src/Brink.Cli")]);
        start.Environment["PATH"] = $"{_folder.FullName}:{Environment.GetEnvironmentVariable("PATH")}";
        using var child = new ChildProcess(start);
        child.CloseInput();
        return child.Ended();
    }
}
