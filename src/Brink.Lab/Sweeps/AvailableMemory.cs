using System.Globalization;

namespace Brink.Lab;

/// <summary>The memory that further processes can take: of the machine, and of the control group that this process is in.</summary>
public static class AvailableMemory
{
    private const string Machine = "/proc/meminfo", Group = "/sys/fs/cgroup";

    /// <summary>Returns the bytes that are available now.</summary>
    public static long Bytes()
    {
        var info = GC.GetGCMemoryInfo();
        // Where the system does not state it: what was not in use at the last garbage collection.
        var machine = Line(Machine, "MemAvailable:") is { } kilobytes
            ? kilobytes << 10
            : info.TotalAvailableMemoryBytes - info.MemoryLoadBytes;
        return Number(Path.Combine(Group, "memory.max")) is { } most && Number(Path.Combine(Group, "memory.current")) is { } used
            ? Math.Min(machine, most - used + (Line(Path.Combine(Group, "memory.stat"), "inactive_file ") ?? 0))
            : machine;
    }

    private static long? Line(string file, string key) => Lines(file)
        .Where(line => line.StartsWith(key, StringComparison.Ordinal))
        .Select(line => Whole(line[key.Length..].Replace("kB", "", StringComparison.Ordinal)))
        .FirstOrDefault();

    private static long? Number(string file) => Lines(file).Select(Whole).FirstOrDefault();

    private static long? Whole(string text) => long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string[] Lines(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllLines(file) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
