using System.Numerics;
using System.Runtime.CompilerServices;

namespace Brink.Kernels;

/// <summary>Elementary functions that the runtime lacks for vectors or computes more slowly.</summary>
internal static partial class Elementary<L, T>
    where L : unmanaged, ILanes<L, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // ln 2, and the error of its rounding to a double.
    private const double Ln2 = 0.69314718055994530942, Ln2Low = 2.3190468138462996e-17;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Of(double number) => L.All(typeof(T) == typeof(float)
        ? Unsafe.BitCast<float, T>((float)number)
        : Unsafe.BitCast<double, T>(number));

    /// <summary>e^x = 2^n e^r with n the integer nearest to x / ln 2, and e^r by its Taylor series, whose remainder at |r| =
    /// ln 2 / 2 is a tenth of a rounding error. 2^n is applied as two factors, so that the result may be subnormal.</summary>
    /// <remarks>The runtime's exponential converts floats to doubles, and is called instead of inlined.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Exp(L x)
    {
        // Beyond these bounds the result is infinity or zero. NaN stays NaN.
        var isFloat = typeof(T) == typeof(float);
        var (lowest, highest) = isFloat ? (Of(-104), Of(89)) : (Of(-746), Of(710));
        x = L.WherePositive(lowest - x, lowest, L.WherePositive(x - highest, highest, x));

        // Rounds to the nearest integer: the sum has no bits after the point.
        var whole = isFloat ? Of(3L << 22) : Of(3L << 51);
        var n = L.Fma(x, Of(1 / Ln2), whole) - whole;
        var r = L.Fma(n, isFloat ? Of((float)Ln2 - Ln2) : Of(-Ln2Low), L.Fma(n, Of(-Ln2), x));

        // Even and odd powers are summed separately: two chains of half the length.
        var r2 = r * r;
        var (even, odd) = isFloat ? (Of(1.0 / 720), Of(1.0 / 5040)) : (Of(1.0 / 479001600), Of(1.0 / 6227020800));
        if (!isFloat)
        {
            (even, odd) = (L.Fma(even, r2, Of(1.0 / 3628800)), L.Fma(odd, r2, Of(1.0 / 39916800)));
            (even, odd) = (L.Fma(even, r2, Of(1.0 / 40320)), L.Fma(odd, r2, Of(1.0 / 362880)));
            (even, odd) = (L.Fma(even, r2, Of(1.0 / 720)), L.Fma(odd, r2, Of(1.0 / 5040)));
        }
        (even, odd) = (L.Fma(even, r2, Of(1.0 / 24)), L.Fma(odd, r2, Of(1.0 / 120)));
        (even, odd) = (L.Fma(even, r2, Of(1.0 / 2)), L.Fma(odd, r2, Of(1.0 / 6)));
        var series = L.Fma(r2, even, L.Fma(r2 * r, odd, r)) + L.All(T.One);

        var half = L.Fma(n, Of(0.5), whole) - whole;
        return series * L.PowerOfTwo(half) * L.PowerOfTwo(n - half);
    }

    /// <summary>tanh with a small relative error everywhere: near zero, where e^2x - 1 cancels, by its continued fraction
    /// x/(1 + x^2/(3 + x^2/(5 + ...))), cut at the seventh denominator. One division serves both forms.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Tanh(L x)
    {
        // Beyond 20 tanh is 1 in either precision, and e^2x must stay finite.
        var power = Exp(L.WherePositive(x - Of(20), Of(40), x + x));
        var x2 = x * x;
        var above = x * L.Fma(x2, L.Fma(x2, x2 + Of(378), Of(17325)), Of(135135));
        var below = L.Fma(x2, L.Fma(x2, L.Fma(Of(28), x2, Of(3150)), Of(62370)), Of(135135));
        var far = L.Abs(x) - Of(0.5);
        return L.WherePositive(far, power - L.All(T.One), above) / L.WherePositive(far, power + L.All(T.One), below);
    }

    /// <summary>log(1 + x), accurate where 1 + x rounds (Kahan's correction).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L LogOnePlus(L x)
    {
        var sum = L.All(T.One) + x;
        var lost = sum - L.All(T.One);
        // x log(sum) / (sum - 1); where the sum rounded to 1, the result is x, and where it rounded to x, log x.
        var rounds = L.Abs(lost);
        var (divisor, log) = (L.WherePositive(rounds, lost, L.All(T.One)), L.Log(sum));
        return L.WherePositive(x - Of(1L << 60), log, L.WherePositive(rounds, x * log / divisor, x));
    }

    /// <summary>e^x - 1 for x &lt;= 1/2: 2 t/(1 - t) with t = tanh(x/2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L ExpMinusOne(L x)
    {
        var t = Tanh(x * Of(0.5));
        return (t + t) / (L.All(T.One) - t);
    }

    /// <summary>sinh with a small relative error everywhere: near zero, where e^x - e^-x cancels, by its Taylor series. It
    /// overflows where e^|x| does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Sinh(L x)
    {
        // The remainder at |x| = 1/2 is a tenth of a rounding error.
        var isFloat = typeof(T) == typeof(float);
        var x2 = x * x;
        var series = isFloat ? Of(1.0 / 362880) : Of(1.0 / 1307674368000);
        if (!isFloat)
        {
            series = L.Fma(series, x2, Of(1.0 / 6227020800));
            series = L.Fma(series, x2, Of(1.0 / 39916800));
            series = L.Fma(series, x2, Of(1.0 / 362880));
        }
        series = L.Fma(series, x2, Of(1.0 / 5040));
        series = L.Fma(series, x2, Of(1.0 / 120));
        series = L.Fma(series, x2, Of(1.0 / 6));
        var size = L.Abs(x);
        var power = Exp(size);
        var far = Of(0.5) * (power - (L.All(T.One) / power));
        return L.WherePositive(size - Of(0.5), L.WherePositive(x, far, -far), L.Fma(x2 * x, series, x));
    }

    /// <summary>cosh; it overflows where e^|x| does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Cosh(L x)
    {
        var power = Exp(L.Abs(x));
        return Of(0.5) * (power + (L.All(T.One) / power));
    }
}
