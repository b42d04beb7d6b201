using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Brink.Cli;

/// <summary>Sends signals to child processes. On Windows the console signals all of its processes.</summary>
internal static partial class Signals
{
    /// <summary>Numbers of SIGINT and SIGTERM.</summary>
    public const int Interrupt = 2, Terminate = 15;

    /// <summary>Sends a signal to a process that may have ended.</summary>
    public static void Send(Process process, int signal)
    {
        if (!OperatingSystem.IsWindows() && !process.HasExited) _ = Kill(process.Id, signal);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
