using System.Runtime.InteropServices;

namespace Brink.Native;

/// <summary>The memory that the process holds.</summary>
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

    /// <summary>Returns free resident memory to the system if there is more of it than the given bytes and than the memory in
    /// use.</summary>
    /// <remarks>Before version 2.38 glibc cannot reuse a freed block for an aligned block of the same size, and all of
    /// libtorch's are aligned: with blocks kept (<see cref="Preparation.KeepBlocks"/>) the heap of a long run grows by 10 MB a
    /// second. Returned memory costs page faults when it is touched again: occasional returns are cheap, frequent ones are
    /// not.</remarks>
    /// <returns>True if memory was returned.</returns>
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

    /// <summary>Makes a block in a mapping of its own, even where blocks are kept (<see cref="Preparation.KeepBlocks"/>). Its
    /// memory returns to the system when it is freed, and each page of a new block costs a fault.</summary>
    /// <remarks>For blocks above 32 MB, glibc's largest threshold, that are made and freed in large numbers. In the heap each
    /// would leave a hole of its own size, which before version 2.38 no aligned block of that size fits.</remarks>
    public static T Mapped<T>(Func<T> make)
    {
        if (!Preparation.BlocksAreKept || Preparation.MallOpt(Preparation.MmapMax, int.MaxValue) != 1) return make();
        try
        {
            return make();
        }
        finally
        {
            _ = Preparation.MallOpt(Preparation.MmapMax, 0);
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
