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
