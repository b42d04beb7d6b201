using Brink.Native;

namespace Brink.Kernels;

/// <summary>Where the numbers of tensors lie.</summary>
internal static class TensorMemory
{
    // What glibc maps at the earliest, if it may.
    private const long Mapped = 32L << 20;

    /// <summary>The address of its first number: native memory, which does not move as long as the tensor lives.</summary>
    /// <param name="tensor">Dense, in the processor's memory.</param>
    public static unsafe nint Address(Tensor tensor)
    {
        fixed (byte* address = tensor.bytes) return (nint)address;
    }

    /// <summary>Memory for rows [j,p]: in the heap, or mapped where they are so long that its holes would count.</summary>
    public static Tensor Rows(long j, long p, ScalarType precision) => j * p * precision.ElementSize() <= Mapped
        ? empty(j, p, dtype: precision)
        : ProcessMemory.Mapped(() => empty(j, p, dtype: precision));

    /// <summary>A copy of a row [p], likewise.</summary>
    public static Tensor Copy(Tensor row)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(Rows(1, row.shape[0], row.dtype)[0].copy_(row));
    }
}
