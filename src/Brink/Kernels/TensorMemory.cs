using Brink.Native;

namespace Brink.Kernels;

/// <summary>Addresses and allocation of tensors' memory.</summary>
internal static class TensorMemory
{
    // glibc's largest threshold for mapping a block, in bytes.
    private const long Mapped = 32L << 20;

    /// <summary>Returns the address of the first element: native memory, which does not move while the tensor lives.</summary>
    /// <param name="tensor">A dense tensor in CPU memory.</param>
    public static unsafe nint Address(Tensor tensor)
    {
        fixed (byte* address = tensor.bytes) return (nint)address;
    }

    /// <summary>Allocates rows [j,p]: in the heap, or mapped if holes of their size in the heap would matter.</summary>
    public static Tensor Rows(long j, long p, ScalarType precision) => j * p * precision.ElementSize() <= Mapped
        ? empty(j, p, dtype: precision)
        : ProcessMemory.Mapped(() => empty(j, p, dtype: precision));

    /// <summary>Copies a row [p] to memory allocated in the same way.</summary>
    public static Tensor Copy(Tensor row)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(Rows(1, row.shape[0], row.dtype)[0].copy_(row));
    }
}
