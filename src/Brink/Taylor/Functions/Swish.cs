using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>x sigma(x), also named SiLU.</summary>
    public static Value Swish(this Value x) => x.Apply(new Swish());

    /// <summary>x sigma(alpha x), which approximates GELU; Hendrycks and Gimpel (2016), section 2.</summary>
    public static Value QuickGelu(this Value x, double alpha = 1.702) => x.Apply(new Swish(alpha));
}

/// <summary>x sigma(rate x), the swish; with the rate 1 the SiLU.</summary>
internal readonly record struct Swish(double Rate) : IElementwise
{
    /// <summary>x sigma(x).</summary>
    public Swish()
        : this(1)
    {
    }

    string IElementwise.Name => "swish";

    bool IElementwise.ReadsArgument => true;

    bool IElementwise.ReadsValue => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => x / (L.All(T.One) + Elementary<L, T>.Exp(Elementary<L, T>.Of(-Rate) * x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        // With z = rate x, f = z s(z) / rate. The first four derivatives of the sigmoid; then Leibniz: (z s)^(k) = z s^(k) +
        // k s^(k-1), and each further derivative by x is rate times that by z.
        var (one, rate) = (L.All(T.One), Elementary<L, T>.Of(Rate));
        var s = Gate<L, T>.Of(x, y);
        var z = rate * x;
        var s1 = s * (one - s);
        Derivatives<L> d = default;
        d.F1 = L.Fma(z, s1, s);
        if (order < 2) return d;
        var odd = one - s - s;
        var s2 = s1 * odd;
        d.F2 = rate * L.Fma(z, s2, s1 + s1);
        if (order < 3) return d;
        var rate2 = rate * rate;
        var s3 = s1 * (one - (Elementary<L, T>.Of(6) * s1));
        d.F3 = rate2 * L.Fma(z, s3, Elementary<L, T>.Of(3) * s2);
        var s4 = s2 * (one - (Elementary<L, T>.Of(12) * s1));
        d.F4 = rate2 * rate * L.Fma(z, s4, Elementary<L, T>.Of(4) * s3);
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => Rate is 1 ? nn.functional.silu(x) : x * (Rate * x).sigmoid();
}
