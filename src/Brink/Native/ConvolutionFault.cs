using System.Runtime.InteropServices;

namespace Brink.Native;

/// <summary>A fault of libtorch on some processors: its float32 convolutions, by oneDNN, are wrong for more than 16 input channels that
/// are no multiple of 16, and so are second derivatives, which take the batch as channels.</summary>
internal static unsafe class ConvolutionFault
{
    // A hundred times the rounding at these sizes; the fault is of the size of the values.
    private const double Tolerance = 1e-4;

    private static readonly long[] Channels = [17, 24, 37];

    /// <summary>Returns whether the convolutions of this process differ from those in float64.</summary>
    public static bool IsPresent()
    {
        using var quiet = no_grad();
        foreach (var channels in Channels)
        {
            using var scope = NewDisposeScope();
            // Numbers of many bits, without a random generator: a program's draws stay as they are.
            var (x, w) = (Wave(2, channels, 8, 8), Wave(4, channels, 3, 3));
            var exact = nn.functional.conv2d(x, w, padding: [1, 1]);
            var single = nn.functional.conv2d(x.to(ScalarType.Float32), w.to(ScalarType.Float32), padding: [1, 1]);
            // Not <=: a NaN is a fault too.
            if (!((single - exact).norm().ToDouble() <= Tolerance * exact.norm().ToDouble())) return true;
        }
        return false;
    }

    /// <summary>Makes libtorch compute convolutions without oneDNN: right, and slower.</summary>
    /// <returns>False if this build of libtorch has no such switch.</returns>
    public static bool TryAvoid()
    {
        // The names of the Itanium ABI, which all platforms but Windows have.
        if (!LibtorchFiles.TryLoad("torch_cpu", out var library, out _)
            || !NativeLibrary.TryGetExport(library, "_ZN2at13globalContextEv", out var context)
            || !NativeLibrary.TryGetExport(library, "_ZN2at7Context20setUserEnabledMkldnnEb", out var enable))
        {
            return false;
        }
        ((delegate* unmanaged<nint, byte, void>)enable)(((delegate* unmanaged<nint>)context)(), 0);
        return true;
    }

    private static Tensor Wave(params long[] shape) =>
        arange(shape.Aggregate(1L, (product, n) => product * n), dtype: ScalarType.Float64).mul(1.7).sin().reshape(shape);
}
