using System.Numerics;
using System.Runtime.CompilerServices;

namespace Brink.Kernels;

/// <summary>The gate g, from 0 to 1, of functions y = x g(x).</summary>
internal static class Gate<L, T>
    where L : unmanaged, ILanes<L, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // 2^-100. For |x| below it the gate is 1/2; a gate below it is negligible compared with 1, in either precision.
    private const double Tiny = 7.888609052210118e-31;

    /// <summary>Computes g(x) from x and y: a division costs little compared with the e^x in g.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Of(L x, L y) =>
        L.Max(L.Abs(y), Elementary<L, T>.Of(Tiny / 2)) / L.Max(L.Abs(x), Elementary<L, T>.Of(Tiny));
}
