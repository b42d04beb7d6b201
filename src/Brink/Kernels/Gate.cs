using System.Numerics;
using System.Runtime.CompilerServices;

namespace Brink.Kernels;

/// <summary>The gate g of functions y = x g(x), from 0 to 1.</summary>
internal static class Gate<L, T>
    where L : unmanaged, ILanes<L, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // 2^-100: so close to 0 the gate is 1/2, and less than that it is nothing beside 1, in either precision.
    private const double Tiny = 7.888609052210118e-31;

    /// <summary>g(x) of x and y: where g is made of e^x, a division is the least of its price.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Of(L x, L y) =>
        L.Max(L.Abs(y), Elementary<L, T>.Of(Tiny / 2)) / L.Max(L.Abs(x), Elementary<L, T>.Of(Tiny));
}
