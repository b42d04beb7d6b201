using System.Runtime.InteropServices;

namespace Brink.Native;

/// <summary>The time that libtorch's threads spin after an operation before they sleep.</summary>
/// <remarks>GNU's OpenMP reads it from the environment when libtorch is loaded. The default is 300,000 rounds, about three
/// milliseconds. A thread that spins so long keeps a core from another process, and from the threads of the derivative engine;
/// the scheduler then makes it wait.</remarks>
internal static partial class OpenMpWaits
{
    /// <summary>Rounds, about 50 microseconds by libgomp's own estimate (env.c: 100,000 in a millisecond). Operations that follow
    /// each other without a pause still find the threads awake.</summary>
    private const string Rounds = "5000";

    /// <summary>The variables by which a user chooses.</summary>
    private static readonly string[] WaitVariables = ["GOMP_SPINCOUNT", "OMP_WAIT_POLICY"];

    private static bool _areShort;

    /// <summary>Shortens the waits, or leaves them as the user chose.</summary>
    /// <returns>False if OpenMP is loaded already or is not GNU's.</returns>
    public static bool TryShortenSpin()
    {
        if (_areShort) return true;
        if (!OperatingSystem.IsLinux()) return false;
        if (!Array.Exists(WaitVariables, name => Environment.GetEnvironmentVariable(name) is { Length: > 0 }))
        {
            if (File.ReadAllText("/proc/self/maps").Contains("libgomp", StringComparison.Ordinal)) return false;
            _ = SetNative(WaitVariables[0], Rounds, 1);
        }
        return _areShort = true;
    }

    /// <summary>Sets a variable for libraries that are loaded afterwards; .NET and the processes that it starts do not see
    /// it.</summary>
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNative(string name, string value, int overwrite);
}
