using System.Globalization;

namespace Brink.Lab;

/// <summary>Checks that the memory of the machine suffices for a setting: a system that runs out of memory kills the process without a
/// message.</summary>
internal static class MachineMemory
{
    private const double Gigabyte = 1e9;

    /// <param name="bytes">Least memory needed, in bytes.</param>
    /// <param name="what">The setting that needs the memory, and its value.</param>
    /// <param name="remedy">Change that reduces the memory, as an imperative.</param>
    /// <exception cref="ExperimentException">The machine has less memory.</exception>
    public static void Require(double bytes, string what, string remedy)
    {
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (bytes > available)
            throw new ExperimentException(string.Create(
                CultureInfo.InvariantCulture,
                $"{what}; this needs at least {bytes / Gigabyte:n0} GB of memory, and the machine has {available / Gigabyte:n1} GB:"
                    + $" {remedy}"));
    }
}
