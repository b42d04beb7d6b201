using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Brink.Cli;

/// <summary>Reserves the standard output for this program where it runs foreign code: <c>print</c> in a TorchScript file
/// would otherwise write into a JSON document.</summary>
internal static partial class StandardOutput
{
    private const int Output = 1, Error = 2;

    /// <summary>Sends what native libraries print to the standard output to the standard error instead, until the process ends.
    /// <see cref="Console.Out"/> continues to write to the original standard output.</summary>
    public static void Reserve()
    {
        // Windows has no descriptors that native code and .NET share.
        if (OperatingSystem.IsWindows() || Duplicate(Output) is var own && own < 0) return;
        Console.Out.Flush();
        if (Duplicate(Error, Output) < 0) return;
        var stream = new FileStream(new SafeFileHandle(own, ownsHandle: true), FileAccess.Write, bufferSize: 0);
        Console.SetOut(new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true });
    }

    [LibraryImport("libc", EntryPoint = "dup", SetLastError = true)]
    private static partial int Duplicate(int descriptor);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static partial int Duplicate(int descriptor, int onto);
}
