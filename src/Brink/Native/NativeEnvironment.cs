using System.Runtime.InteropServices;

namespace Brink.Native;

/// <summary>The environment that native libraries read; .NET uses its own copy of it.</summary>
internal static partial class NativeEnvironment
{
    /// <summary>Runs an action while variables are not set, and restores them.</summary>
    /// <remarks>No other thread may read the environment meanwhile.</remarks>
    public static T Without<T>(IReadOnlyList<string> names, Func<T> action)
    {
        // Windows has no such copy, and none of our libraries reads it there.
        if (OperatingSystem.IsWindows()) return action();
        var before = names.Select(Environment.GetEnvironmentVariable).ToArray();
        foreach (var name in names) _ = Unset(name);
        try
        {
            return action();
        }
        finally
        {
            foreach (var (name, value) in names.Zip(before))
                if (value is not null) _ = Set(name, value, 1);
        }
    }

    /// <summary>Sets a variable for libraries that are loaded afterwards; .NET and the processes that it starts do not see
    /// it.</summary>
    public static void Set(string name, string value) => _ = Set(name, value, 1);

    [LibraryImport("libc", EntryPoint = "unsetenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unset(string name);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Set(string name, string value, int overwrite);
}
