using System.Runtime.InteropServices;

namespace Brink.Native;

/// <summary>How much memory the process holds.</summary>
public static partial class ProcessMemory
{
    /// <summary>Bytes allocated and not yet freed: exact with glibc (mallinfo2); elsewhere the working
    /// set.</summary>
    public static long AllocatedBytes()
    {
        if (!OperatingSystem.IsLinux()) return Environment.WorkingSet;
        try
        {
            var info = MallInfo2();
            return (long)(info.InUse + info.Mapped);
        }
        catch (EntryPointNotFoundException)   // musl, or glibc before 2.33
        {
            return Environment.WorkingSet;
        }
    }

    /// <summary>Gives memory that is free, but resident, back to the system where there is more of it than so many bytes and
    /// than what is in use.</summary>
    /// <remarks>Before version 2.38 glibc cannot give an aligned block, and all of libtorch's are, the place of a freed one of
    /// the same size: with blocks kept (<see cref="Preparation.KeepBlocks"/>) the heap of a long run creeps up by 10 MB a
    /// second. What is given back is paid for with page faults when it is touched again: rarely is cheap, often is
    /// not.</remarks>
    /// <returns>Whether anything was given back.</returns>
    public static bool ReturnUnused(long beyond)
    {
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            var inUse = AllocatedBytes();
            return Environment.WorkingSet - inUse > Math.Max(beyond, inUse) && MallocTrim(0) == 1;
        }
        catch (EntryPointNotFoundException)   // musl
        {
            return false;
        }
    }

    /// <summary>Makes a block that is mapped by itself where blocks are kept otherwise (<see cref="Preparation.KeepBlocks"/>): it goes
    /// back to the system when it is freed, and its pages come anew, one fault each.</summary>
    /// <remarks>For blocks of more than 32 MB, glibc's largest threshold, that are made and freed in numbers: in the heap each would
    /// leave a hole of its own size, into which before version 2.38 no aligned block of that size fits.</remarks>
    public static T Mapped<T>(Func<T> make)
    {
        if (!Preparation.BlocksAreKept || Preparation.MallOpt(Preparation.MostMaps, int.MaxValue) != 1) return make();
        try
        {
            return make();
        }
        finally
        {
            _ = Preparation.MallOpt(Preparation.MostMaps, 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint pad);

    [LibraryImport("libc", EntryPoint = "mallinfo2")]
    private static partial MallInfo MallInfo2();

    /// <summary>struct mallinfo2 of malloc.h: ten numbers of the size of size_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct MallInfo
    {
        public readonly nuint Arena, FreeChunks, FastBlocks, MappedRegions;
        public readonly nuint Mapped;    // hblkhd
        public readonly nuint Reserved, FastBytes;
        public readonly nuint InUse;     // uordblks
        public readonly nuint Free, Releasable;
    }
}
