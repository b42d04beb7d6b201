using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>x sigma(x).</summary>
    public static Value Swish(this Value x) => x.Apply(new Swish());
}

/// <summary>x sigma(x), the swish or SiLU.</summary>
internal readonly record struct Swish : IElementwise
{
    string IElementwise.Name => "swish";

    bool IElementwise.ReadsArgument => true;

    bool IElementwise.ReadsValue => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => x / (L.All(T.One) + Elementary<L, T>.Exp(-x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        // The first four derivatives of the sigmoid; then Leibniz: (x s)^(k) = x s^(k) + k s^(k-1).
        var one = L.All(T.One);
        var s = Gate<L, T>.Of(x, y);
        var s1 = s * (one - s);
        Derivatives<L> d = default;
        d.F1 = L.Fma(x, s1, s);
        if (order < 2) return d;
        var odd = one - s - s;
        var s2 = s1 * odd;
        d.F2 = L.Fma(x, s2, s1 + s1);
        if (order < 3) return d;
        var s3 = s1 * (one - (Elementary<L, T>.Of(6) * s1));
        d.F3 = L.Fma(x, s3, Elementary<L, T>.Of(3) * s2);
        var s4 = s2 * (one - (Elementary<L, T>.Of(12) * s1));
        d.F4 = L.Fma(x, s4, Elementary<L, T>.Of(4) * s3);
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => nn.functional.silu(x);
}
