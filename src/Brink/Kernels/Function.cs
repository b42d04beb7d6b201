using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Brink.Kernels;

/// <summary>A function of one number whose derivatives up to the fourth are known.</summary>
internal interface IFunction
{
    /// <summary>f(x).</summary>
    /// <param name="x">Where.</param>
    /// <param name="a">The function's constant, if it has one.</param>
    static abstract L Value<L, T>(L x, L a)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Its first derivatives at x, as many as the order asks; the others are undefined.</summary>
    /// <param name="x">Where; 0 if not <see cref="FunctionNames.ReadsArgument"/>.</param>
    /// <param name="y">f(x) if <see cref="FunctionNames.ReadsValue"/>, else 0.</param>
    /// <param name="a">The function's constant, if it has one.</param>
    /// <param name="order">Of the highest derivative: 1 to 4.</param>
    static abstract Derivatives<L> At<L, T>(L x, L y, L a, int order)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

/// <summary>f', f'', f''', f''''.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct Derivatives<L>
{
    public L F1, F2, F3, F4;
}

/// <summary>tanh; with t = tanh x all derivatives are polynomials in t: f' = 1 - t^2.</summary>
internal readonly struct Tanh : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Value<L, T>(L x, L a)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        return Elementary<L, T>.Tanh(x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Derivatives<L> At<L, T>(L x, L y, L a, int order)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var s = L.All(T.One) - (y * y);
        Derivatives<L> d = default;
        d.F1 = s;
        if (order < 2) return d;
        var two = Elementary<L, T>.Of(2);
        d.F2 = -(two * y * s);
        d.F3 = s * ((Elementary<L, T>.Of(6) * y * y) - two);
        d.F4 = s * y * (Elementary<L, T>.Of(16) - (Elementary<L, T>.Of(24) * y * y));
        return d;
    }
}

/// <summary>max(x, 0); its derivative at 0 counts as 0, all higher ones as 0.</summary>
internal readonly struct Relu : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Value<L, T>(L x, L a)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        return L.WherePositive(x, x, default);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Derivatives<L> At<L, T>(L x, L y, L a, int order)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Derivatives<L> d = default;
        d.F1 = L.WherePositive(y, L.All(T.One), default);
        return d;
    }
}

/// <summary>log(1 + e^x).</summary>
internal readonly struct Softplus : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Value<L, T>(L x, L a)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        return L.Max(x, default) + Elementary<L, T>.LogOnePlus(Elementary<L, T>.Exp(-L.Abs(x)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Derivatives<L> At<L, T>(L x, L y, L a, int order)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var one = L.All(T.One);
        var s = one / (one + Elementary<L, T>.Exp(-x));
        Derivatives<L> d = default;
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
    public static L Value<L, T>(L x, L a)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        return L.WherePositive(x, x, Elementary<L, T>.ExpMinusOne(-L.Max(-x, default)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Derivatives<L> At<L, T>(L x, L y, L a, int order)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var e = Elementary<L, T>.Exp(-L.Max(-x, default));
        Derivatives<L> d = default;
        d.F1 = L.WherePositive(x, L.All(T.One), e);
        d.F2 = d.F3 = d.F4 = L.WherePositive(x, default, e);
        return d;
    }
}

internal readonly struct Exponential : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Value<L, T>(L x, L a)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        return Elementary<L, T>.Exp(x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Derivatives<L> At<L, T>(L x, L y, L a, int order)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Derivatives<L> d = default;
        d.F1 = d.F2 = d.F3 = d.F4 = y;
        return d;
    }
}

internal readonly struct Logarithm : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Value<L, T>(L x, L a)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        return L.Log(x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Derivatives<L> At<L, T>(L x, L y, L a, int order)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var r = L.All(T.One) / x;
        Derivatives<L> d = default;
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
    public static L Value<L, T>(L x, L a)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        return L.All(T.One) / x;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Derivatives<L> At<L, T>(L x, L y, L a, int order)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Derivatives<L> d = default;
        d.F1 = -(y * y);
        d.F2 = Elementary<L, T>.Of(-2) * y * d.F1;
        d.F3 = Elementary<L, T>.Of(-3) * y * d.F2;
        d.F4 = Elementary<L, T>.Of(-4) * y * d.F3;
        return d;
    }
}

/// <summary>1 / sqrt(x + a).</summary>
internal readonly struct InverseRoot : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Value<L, T>(L x, L a)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        return L.Sqrt(L.All(T.One) / (x + a));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Derivatives<L> At<L, T>(L x, L y, L a, int order)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var r = y * y;
        Derivatives<L> d = default;
        d.F1 = Elementary<L, T>.Of(-0.5) * r * y;
        d.F2 = Elementary<L, T>.Of(-1.5) * r * d.F1;
        d.F3 = Elementary<L, T>.Of(-2.5) * r * d.F2;
        d.F4 = Elementary<L, T>.Of(-3.5) * r * d.F3;
        return d;
    }
}
