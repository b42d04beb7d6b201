using System.Runtime.InteropServices;

namespace Brink.Taylor;

/// <summary>How a kernel passes over images along one axis.</summary>
/// <param name="Stride">Pixels between neighbouring outputs.</param>
/// <param name="Before">Pixels of zeros before the first one.</param>
/// <param name="After">Pixels of zeros after the last one.</param>
/// <param name="Dilation">Pixels between neighbouring elements of the kernel.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ConvolutionAxis(int Stride, int Before, int After, int Dilation = 1)
{
    /// <summary>The number of outputs for a number of pixels and a size of the kernel; 0 or less if the kernel does not
    /// fit.</summary>
    public long Outputs(long pixels, long kernel) => Math.DivRem(
        pixels + Before + After - (Dilation * (kernel - 1)) - 1, Stride) is var (quotient, remainder) && remainder >= 0 ? quotient + 1 : 0;

    /// <summary>The place, times the stride, in the outputs' adjoint that element i of the turned kernel reads for the pixel of a
    /// remainder by the stride, relative to the quotient of that pixel.</summary>
    internal int AdjointPlace(int remainder, int i, int kernel) => remainder + Before - (Dilation * (kernel - 1 - i));

    /// <summary>The zeros that the outputs' adjoint needs before and after it, so that the turned kernel passes over all
    /// pixels.</summary>
    internal (int Before, int After) AdjointBorder(int pixels, int kernel, int outputs)
    {
        var lowest = Before - (Dilation * (kernel - 1));
        var highest = (pixels - 1 + Before) / Stride;
        return (Math.Max(0, (-lowest + Stride - 1) / Stride), Math.Max(0, highest - outputs + 1));
    }
}
