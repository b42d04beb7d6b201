namespace Brink.Kernels;

/// <summary>Where a tensor's numbers lie.</summary>
internal static class TensorMemory
{
    /// <summary>The address of its first number: native memory, which does not move as long as the tensor lives.</summary>
    /// <param name="tensor">Dense, in the processor's memory.</param>
    public static unsafe nint Address(Tensor tensor)
    {
        fixed (byte* address = tensor.bytes) return (nint)address;
    }
}
