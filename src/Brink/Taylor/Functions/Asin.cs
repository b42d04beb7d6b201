using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>The arc sine of each element, in radians; NaN outside of [-1,1].</summary>
    public static Value Asin(this Value x) => x.Apply(new Asin());
}

/// <summary>The arc sine: f' = (1 - x^2)^(-1/2); with r = f'^2 and u = x r, f'' = u f'.</summary>
internal readonly record struct Asin : IElementwise
{
    string IElementwise.Name => "asin";

    bool IElementwise.ReadsArgument => true;

    bool IElementwise.ReadsValue => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => Elementary<L, T>.Each(x, default, static (number, _) => T.Asin(number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        var one = L.All(T.One);
        var r = one / ((one - x) * (one + x));
        var (r2, u) = (r * r, x * r);
        Derivatives<L> d = default;
        d.F1 = L.Sqrt(r);
        d.F2 = u * d.F1;
        d.F3 = L.Fma(Elementary<L, T>.Of(2) * u, u, r2) * d.F1;
        d.F4 = u * ((Elementary<L, T>.Of(6) * u * u) + (Elementary<L, T>.Of(9) * r2)) * d.F1;
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => x.asin();
}
