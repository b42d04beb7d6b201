using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Brink.Kernels;

/// <summary>A function of one number whose derivatives up to the fourth are known.</summary>
internal interface IFunction
{
    /// <summary>f, or its first derivatives, as many as the order asks; the others are undefined.</summary>
    /// <param name="x">Where; for derivatives of what <see cref="FunctionNames.IsOfItsValue"/>, f there.</param>
    /// <param name="a">The function's constant, if it has one.</param>
    /// <param name="order">Of the highest derivative, 1 to 4; 0 for f itself.</param>
    static abstract Derivatives<L> At<L, T>(L x, L a, int order)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

/// <summary>f, f', f'', f''', f''''.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct Derivatives<L>
{
    public L F0, F1, F2, F3, F4;
}

/// <summary>tanh; with t = tanh x all derivatives are polynomials in t: f' = 1 - t^2.</summary>
internal readonly struct Tanh : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Derivatives<L> At<L, T>(L x, L a, int order)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var t = order == 0 ? Elementary<L, T>.Tanh(x) : x;
        var s = L.All(T.One) - (t * t);
        Derivatives<L> d = default;
        d.F0 = t;
        d.F1 = s;
        if (order < 2) return d;
        var two = Elementary<L, T>.Of(2);
        d.F2 = -(two * t * s);
        d.F3 = s * ((Elementary<L, T>.Of(6) * t * t) - two);
        d.F4 = s * t * (Elementary<L, T>.Of(16) - (Elementary<L, T>.Of(24) * t * t));
        return d;
    }
}

/// <summary>x sigma(x), the swish or SiLU.</summary>
internal readonly struct Swish : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Derivatives<L> At<L, T>(L x, L a, int order)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // s', s'', s''', s'''' of the sigmoid; then Leibniz: (x s)^(k) = x s^(k) + k s^(k-1).
        var one = L.All(T.One);
        var s = one / (one + Elementary<L, T>.Exp(-x));
        var s1 = s * (one - s);
        Derivatives<L> d = default;
        d.F0 = x * s;
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
    public static Derivatives<L> At<L, T>(L x, L a, int order)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var half = Elementary<L, T>.Of(0.5);
        var x2 = x * x;
        var density = Elementary<L, T>.Of(1 / Math.Sqrt(2 * Math.PI)) * Elementary<L, T>.Exp(-(half * x2));
        var cumulative = half * Elementary<L, T>.ErrorFunctionComplement(-(x * Elementary<L, T>.Of(Math.Sqrt(0.5))));
        Derivatives<L> d = default;
        d.F0 = x * cumulative;
        d.F1 = L.Fma(x, density, cumulative);
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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Derivatives<L> At<L, T>(L x, L a, int order)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        const double Scale = 0.79788456080286535588, Cubic = Scale * 0.044715;
        var x2 = x * x;
        var q = x * L.Fma(Elementary<L, T>.Of(Cubic), x2, Elementary<L, T>.Of(Scale));
        var q1 = L.Fma(Elementary<L, T>.Of(3 * Cubic), x2, Elementary<L, T>.Of(Scale));
        var (one, half) = (L.All(T.One), Elementary<L, T>.Of(0.5));
        var t = Tanh.At<L, T>(Elementary<L, T>.Tanh(q), a, Math.Max(order, 1));
        Derivatives<L> d = default;
        d.F0 = half * x * (one + t.F0);
        var t1 = t.F1 * q1;
        d.F1 = half * L.Fma(x, t1, one + t.F0);
        if (order < 2) return d;
        // tanh(q(x)) by Faa di Bruno, then Leibniz: (x t)^(k) = x t^(k) + k t^(k-1).
        var q2 = Elementary<L, T>.Of(6 * Cubic) * x;
        var q3 = Elementary<L, T>.Of(6 * Cubic);
        var (three, four) = (Elementary<L, T>.Of(3), Elementary<L, T>.Of(4));
        var t2 = (t.F2 * q1 * q1) + (t.F1 * q2);
        d.F2 = half * L.Fma(x, t2, t1 + t1);
        var t3 = (t.F3 * q1 * q1 * q1) + (three * t.F2 * q1 * q2) + (t.F1 * q3);
        d.F3 = half * L.Fma(x, t3, three * t2);
        var t4 = (t.F4 * q1 * q1 * q1 * q1) + (Elementary<L, T>.Of(6) * t.F3 * q1 * q1 * q2)
            + (t.F2 * ((three * q2 * q2) + (four * q1 * q3)));
        d.F4 = half * L.Fma(x, t4, four * t3);
        return d;
    }
}

/// <summary>max(x, 0); its derivative at 0 counts as 0, all higher ones as 0.</summary>
internal readonly struct Relu : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Derivatives<L> At<L, T>(L x, L a, int order)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Derivatives<L> d = default;
        d.F0 = L.WherePositive(x, x, default);
        d.F1 = L.WherePositive(x, L.All(T.One), default);
        return d;
    }
}

/// <summary>log(1 + e^x).</summary>
internal readonly struct Softplus : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Derivatives<L> At<L, T>(L x, L a, int order)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var one = L.All(T.One);
        var s = one / (one + Elementary<L, T>.Exp(-x));
        Derivatives<L> d = default;
        if (order == 0) d.F0 = L.Max(x, default) + Elementary<L, T>.LogOnePlus(Elementary<L, T>.Exp(-L.Abs(x)));
        d.F1 = s;
        d.F2 = s * (one - s);
        d.F3 = d.F2 * (one - s - s);
        d.F4 = d.F2 * (one - (Elementary<L, T>.Of(6) * d.F2));
        return d;
    }
}

/// <summary>x for positive x, else e^x - 1.</summary>
internal readonly struct Elu : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Derivatives<L> At<L, T>(L x, L a, int order)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var one = L.All(T.One);
        var below = -L.Max(-x, default);
        var e = Elementary<L, T>.Exp(below);
        Derivatives<L> d = default;
        if (order == 0) d.F0 = L.WherePositive(x, x, Elementary<L, T>.ExpMinusOne(below));
        d.F1 = L.WherePositive(x, one, e);
        d.F2 = d.F3 = d.F4 = L.WherePositive(x, default, e);
        return d;
    }
}

internal readonly struct Exponential : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Derivatives<L> At<L, T>(L x, L a, int order)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Derivatives<L> d = default;
        d.F0 = d.F1 = d.F2 = d.F3 = d.F4 = order == 0 ? Elementary<L, T>.Exp(x) : x;
        return d;
    }
}

internal readonly struct Logarithm : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Derivatives<L> At<L, T>(L x, L a, int order)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Derivatives<L> d = default;
        if (order == 0) d.F0 = L.Log(x);
        var r = L.All(T.One) / x;
        d.F1 = r;
        d.F2 = -(r * r);
        d.F3 = Elementary<L, T>.Of(-2) * r * d.F2;
        d.F4 = Elementary<L, T>.Of(-3) * r * d.F3;
        return d;
    }
}

internal readonly struct Reciprocal : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Derivatives<L> At<L, T>(L x, L a, int order)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Derivatives<L> d = default;
        var r = order == 0 ? L.All(T.One) / x : x;
        d.F0 = r;
        d.F1 = -(r * r);
        d.F2 = Elementary<L, T>.Of(-2) * r * d.F1;
        d.F3 = Elementary<L, T>.Of(-3) * r * d.F2;
        d.F4 = Elementary<L, T>.Of(-4) * r * d.F3;
        return d;
    }
}

/// <summary>1 / sqrt(x + a).</summary>
internal readonly struct InverseRoot : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Derivatives<L> At<L, T>(L x, L a, int order)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Derivatives<L> d = default;
        d.F0 = order == 0 ? L.Sqrt(L.All(T.One) / (x + a)) : x;
        var r = d.F0 * d.F0;
        d.F1 = Elementary<L, T>.Of(-0.5) * r * d.F0;
        d.F2 = Elementary<L, T>.Of(-1.5) * r * d.F1;
        d.F3 = Elementary<L, T>.Of(-2.5) * r * d.F2;
        d.F4 = Elementary<L, T>.Of(-3.5) * r * d.F3;
        return d;
    }
}
