using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Brink.Cli;

/// <summary>The youngest generation of .NET's heap: its size decides how often garbage is collected.</summary>
/// <remarks>The fewer collections the better, for the reason that build/Brink.props gives. .NET reads the size from the
/// environment when a process starts; runtimeconfig.json has no setting for it.</remarks>
internal static partial class YoungGeneration
{
    private const string Variable = "DOTNET_GCgen0size", Bytes = "0x10000000";

    /// <summary>Replaces this process by one with the same arguments and a large youngest generation, unless the environment
    /// chooses its size.</summary>
    /// <remarks>The process id, the standard streams and ignored signals stay the same. Windows cannot replace a process, and a
    /// debugger would lose it: there the program runs with .NET's own size.</remarks>
    public static void Enlarge(string[] arguments)
    {
        if (OperatingSystem.IsWindows() || Debugger.IsAttached) return;
        if (Environment.GetEnvironmentVariable(Variable) is not null || Environment.ProcessPath is not { } host) return;
        string[] program = Path.GetFileName(host) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
        if (Set(Variable, Bytes, 1) != 0) return;
        RemoveDiagnosticSocket();
        // Returns only if it fails: the program then runs with .NET's own size.
        _ = Execute(host, [host, .. program, .. arguments, null]);
    }

    /// <summary>Removes the socket by which diagnostic tools reach this process. The next program has the same process id: it
    /// cannot make a socket of the same name where one exists, and nobody would remove the old one.</summary>
    private static void RemoveDiagnosticSocket()
    {
        var folder = new DirectoryInfo(Path.GetTempPath());
        if (!folder.Exists) return;
        foreach (var socket in folder.EnumerateFiles($"dotnet-diagnostic-{Environment.ProcessId}-*", new EnumerationOptions()))
            socket.Delete();
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Set(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "execv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string file, string?[] arguments);
}
