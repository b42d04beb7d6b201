using System.Runtime.InteropServices;

namespace Brink.Native;

/// <summary>Recognises libtorch's out-of-memory error by its message: it has no type of its own.</summary>
public static class AllocationFailure
{
    /// <summary>Returns true if the message names libtorch's CPU allocator.</summary>
    public static bool Is(ExternalException e) => e.Message.Contains("DefaultCPUAllocator", StringComparison.Ordinal);
}
