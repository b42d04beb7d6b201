using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>x tanh(log(1 + e^x)).</summary>
    public static Value Mish(this Value x) => x.Apply(new Mish());
}

/// <summary>x tanh(log(1 + e^x)); Misra (2019).</summary>
internal readonly record struct Mish : IElementwise
{
    // Beyond it the gate is 1 in either precision, and e^2x must stay finite.
    private const double Largest = 20;

    string IElementwise.Name => "mish";

    bool IElementwise.ReadsArgument => true;

    bool IElementwise.ReadsValue => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x)
    {
        var e = Elementary<L, T>.Exp(Elementary<L, T>.Min(x, Elementary<L, T>.Of(Largest)));
        var n = e * (e + Elementary<L, T>.Of(2));
        return x * (n / (n + Elementary<L, T>.Of(2)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        // g = tanh(log(1 + e)) = n/(n + 2) and s = sigma(x), without cancellation; g' = (1 - g^2) s.
        var (one, two) = (L.All(T.One), Elementary<L, T>.Of(2));
        x = Elementary<L, T>.Min(x, Elementary<L, T>.Of(Largest));
        var e = Elementary<L, T>.Exp(x);
        var (n, q) = (e * (e + two), one / (one + e));
        var (s, below) = (e * q, one / (n + two));
        var (g, v) = (n * below, two * (one + e) * below);
        var g1 = v * v * s;
        Derivatives<L> d = default;
        d.F1 = L.Fma(x, g1, g);
        if (order < 2) return d;
        // g'' = g' h with h = 1 - s (1 + 2 g); then Leibniz: (x g)^(k) = x g^(k) + k g^(k-1).
        var odd = one + g + g;
        var h = one - (s * odd);
        var g2 = g1 * h;
        d.F2 = L.Fma(x, g2, g1 + g1);
        if (order < 3) return d;
        var s1 = s * q;
        var h1 = -((s1 * odd) + (two * s * g1));
        var g3 = L.Fma(g2, h, g1 * h1);
        d.F3 = L.Fma(x, g3, Elementary<L, T>.Of(3) * g2);
        var h2 = -((s1 * (one - s - s) * odd) + (Elementary<L, T>.Of(4) * s1 * g1) + (two * s * g2));
        var g4 = (g3 * h) + (two * g2 * h1) + (g1 * h2);
        d.F4 = L.Fma(x, g4, Elementary<L, T>.Of(4) * g3);
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => nn.functional.mish(x);
}
