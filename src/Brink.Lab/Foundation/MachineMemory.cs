using System.Globalization;

namespace Brink.Lab;

/// <summary>That what is asked for can fit at all: a system that runs out of memory kills without a word.</summary>
internal static class MachineMemory
{
    private const double Gigabyte = 1e9;

    /// <param name="bytes">At least taken.</param>
    /// <param name="what">The setting that asks for them, and its value.</param>
    /// <exception cref="ExperimentException">The machine has less.</exception>
    public static void Require(double bytes, string what)
    {
        var there = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (bytes > there)
            throw new ExperimentException(string.Create(
                CultureInfo.InvariantCulture, $"{what}; that takes {bytes / Gigabyte:n0} GB of memory at least, and there are {there / Gigabyte:n1}"));
    }
}
