using System.Runtime.InteropServices;

namespace Brink.Native;

/// <summary>libtorch's way to say that memory has ended: an error like any other, told by its words.</summary>
public static class AllocationFailure
{
    public static bool Is(ExternalException e) => e.Message.Contains("DefaultCPUAllocator", StringComparison.Ordinal);
}
