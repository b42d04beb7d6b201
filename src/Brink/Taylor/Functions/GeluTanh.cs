using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>GELU by its approximation with tanh; Hendrycks and Gimpel (2016), section 2.</summary>
    public static Value GeluTanh(this Value x) => x.Apply(new GeluTanh());
}

/// <summary>x/2 (1 + tanh q(x)) with q = sqrt(2/pi) (x + 0.044715 x^3); Hendrycks and Gimpel (2016), section
/// 2.</summary>
internal readonly record struct GeluTanh : IElementwise
{
    private const double Scale = 0.79788456080286535588, Cubic = Scale * 0.044715;

    string IElementwise.Name => "gelu-tanh";

    bool IElementwise.ReadsArgument => true;

    bool IElementwise.ReadsValue => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x)
    {
        var q = x * L.Fma(Elementary<L, T>.Of(Cubic), x * x, Elementary<L, T>.Of(Scale));
        return Elementary<L, T>.Of(0.5) * x * (L.All(T.One) + Elementary<L, T>.Tanh(q));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        var one = L.All(T.One);
        var gate = Gate<L, T>.Of(x, y);
        var t = Tanh.Derivatives<L, T>(gate + gate - one, order);
        var q1 = L.Fma(Elementary<L, T>.Of(3 * Cubic), x * x, Elementary<L, T>.Of(Scale));
        var half = Elementary<L, T>.Of(0.5);
        var t1 = t.F1 * q1;
        Derivatives<L> d = default;
        d.F1 = L.Fma(half * x, t1, gate);
        if (order < 2) return d;
        // tanh(q(x)) by Faa di Bruno, then Leibniz: (x t)^(k) = x t^(k) + k t^(k-1).
        var q2 = Elementary<L, T>.Of(6 * Cubic) * x;
        var q3 = Elementary<L, T>.Of(6 * Cubic);
        var (three, four) = (Elementary<L, T>.Of(3), Elementary<L, T>.Of(4));
        var t2 = (t.F2 * q1 * q1) + (t.F1 * q2);
        d.F2 = half * L.Fma(x, t2, t1 + t1);
        if (order < 3) return d;
        var t3 = (t.F3 * q1 * q1 * q1) + (three * t.F2 * q1 * q2) + (t.F1 * q3);
        d.F3 = half * L.Fma(x, t3, three * t2);
        var t4 = (t.F4 * q1 * q1 * q1 * q1) + (Elementary<L, T>.Of(6) * t.F3 * q1 * q1 * q2)
            + (t.F2 * ((three * q2 * q2) + (four * q1 * q3)));
        d.F4 = half * L.Fma(x, t4, four * t3);
        return d;
    }

    // TorchSharp's gelu has no argument for the approximation; every derivative of the composed form is right.
    Tensor IElementwise.Torch(Tensor x) => 0.5 * x * (1 + (Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))).tanh());
}
