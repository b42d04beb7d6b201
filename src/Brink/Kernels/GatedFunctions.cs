using System.Numerics;
using System.Runtime.CompilerServices;

namespace Brink.Kernels;

/// <summary>What lets x through to y = x g(x), from 0 to 1.</summary>
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

/// <summary>x sigma(x), the swish or SiLU.</summary>
internal readonly struct Swish : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Value<L, T>(L x, L a)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        return x / (L.All(T.One) + Elementary<L, T>.Exp(-x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Derivatives<L> At<L, T>(L x, L y, L a, int order)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
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
}

/// <summary>x Phi(x), the exact GELU: f' = Phi + x phi, and phi' = -x phi.</summary>
internal readonly struct Gelu : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Value<L, T>(L x, L a)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        return x * Elementary<L, T>.Of(0.5) * Elementary<L, T>.ErrorFunctionComplement(-(x * Elementary<L, T>.Of(Math.Sqrt(0.5))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Derivatives<L> At<L, T>(L x, L y, L a, int order)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var x2 = x * x;
        var density = Elementary<L, T>.Of(1 / Math.Sqrt(2 * Math.PI)) * Elementary<L, T>.Exp(-(Elementary<L, T>.Of(0.5) * x2));
        Derivatives<L> d = default;
        d.F1 = L.Fma(x, density, Gate<L, T>.Of(x, y));
        d.F2 = density * (Elementary<L, T>.Of(2) - x2);
        d.F3 = density * x * (x2 - Elementary<L, T>.Of(4));
        d.F4 = density * ((x2 * (Elementary<L, T>.Of(7) - x2)) - Elementary<L, T>.Of(4));
        return d;
    }
}

/// <summary>x/2 (1 + tanh q(x)) with q = sqrt(2/pi) (x + 0.044715 x^3); Hendrycks and Gimpel (2016), section
/// 2.</summary>
internal readonly struct GeluTanh : IFunction
{
    private const double Scale = 0.79788456080286535588, Cubic = Scale * 0.044715;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Value<L, T>(L x, L a)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var q = x * L.Fma(Elementary<L, T>.Of(Cubic), x * x, Elementary<L, T>.Of(Scale));
        return Elementary<L, T>.Of(0.5) * x * (L.All(T.One) + Elementary<L, T>.Tanh(q));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Derivatives<L> At<L, T>(L x, L y, L a, int order)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var one = L.All(T.One);
        var gate = Gate<L, T>.Of(x, y);
        var t = Tanh.At<L, T>(x, gate + gate - one, a, order);
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
}
