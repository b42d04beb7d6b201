using System.Globalization;

namespace Brink.Lab;

/// <summary>Checks that a request can fit into memory: a system that runs out of memory kills the process without a
/// message.</summary>
internal static class MachineMemory
{
    private const double Gigabyte = 1e9;

    /// <param name="bytes">Least memory needed, in bytes.</param>
    /// <param name="what">The setting that needs the memory, and its value.</param>
    /// <exception cref="ExperimentException">The machine has less memory.</exception>
    public static void Require(double bytes, string what)
    {
        var there = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (bytes > there)
            throw new ExperimentException(string.Create(
                CultureInfo.InvariantCulture, $"{what}; that takes {bytes / Gigabyte:n0} GB of memory at least, and there are {there / Gigabyte:n1}"));
    }
}
