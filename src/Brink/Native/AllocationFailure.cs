using System.Runtime.InteropServices;

namespace Brink.Native;

/// <summary>Recognises libtorch's out-of-memory error, which only its message distinguishes from other errors.</summary>
public static class AllocationFailure
{
    public static bool Is(ExternalException e) => e.Message.Contains("DefaultCPUAllocator", StringComparison.Ordinal);
}
