using System.Numerics;
using System.Runtime.CompilerServices;

namespace Brink.Kernels;

/// <summary>Elementary functions that the runtime lacks for vectors or computes more slowly.</summary>
internal static class Elementary<L, T>
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

    /// <summary>log(1 + x) for 0 &lt;= x &lt;= 1, accurate where 1 + x rounds (Kahan's correction).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L LogOnePlus(L x)
    {
        var sum = L.All(T.One) + x;
        var lost = sum - L.All(T.One);
        // x log(sum) / (sum - 1); where the sum rounded to 1, the result is x.
        var divisor = L.WherePositive(lost, lost, L.All(T.One));
        return L.WherePositive(lost, x * L.Log(sum) / divisor, x);
    }

    /// <summary>e^x - 1 for x &lt;= 0: 2 t/(1 - t) with t = tanh(x/2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L ExpMinusOne(L x)
    {
        var t = Tanh(x * Of(0.5));
        return (t + t) / (L.All(T.One) - t);
    }

    /// <summary>erfc(x) = 2/sqrt(pi) times the integral of e^(-t^2) from x to infinity, by the rational approximations of Cody
    /// (1969), tables I to III; the relative error is about 1e-16 apart from rounding.</summary>
    public static L ErrorFunctionComplement(L x)
    {
        var y = L.Abs(x);
        var y2 = x * x;
        var one = L.All(T.One);

        // |x| <= 0.46875: erfc = 1 - x P(x^2)/Q(x^2).
        var near = one - (x * Ratio(y2, NearAbove, NearBelow));

        // Up to 4: e^(-x^2) P(|x|)/Q(|x|); beyond: e^(-x^2)/|x| (1/sqrt(pi) + P(1/x^2)/(x^2 Q(1/x^2))).
        var gauss = Exp(-y2);
        var middle = gauss * Ratio(L.WherePositive(y - Of(4), Of(4), y), MiddleAbove, MiddleBelow);
        var safe = L.WherePositive(y - Of(1), y, one);
        var inverse = one / (safe * safe);
        var far = gauss / safe * (Of(0.56418958354775628695) - (inverse * Ratio(inverse, FarAbove, FarBelow)));

        var tail = L.WherePositive(y - Of(4), far, middle);
        tail = L.WherePositive(x, tail, Of(2) - tail);
        return L.WherePositive(y - Of(0.46875), tail, near);
    }

    private static ReadOnlySpan<double> NearAbove =>
        [1.85777706184603153e-1, 3.16112374387056560, 1.13864154151050156e2, 3.77485237685302021e2, 3.20937758913846947e3];

    private static ReadOnlySpan<double> NearBelow =>
        [1, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3];

    private static ReadOnlySpan<double> MiddleAbove =>
    [
        2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1,
        2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3,
    ];

    private static ReadOnlySpan<double> MiddleBelow =>
    [
        1, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
        3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
    ];

    private static ReadOnlySpan<double> FarAbove =>
    [
        1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
        1.60837851487422766e-2, 6.58749161529837803e-4,
    ];

    private static ReadOnlySpan<double> FarBelow =>
    [
        1, 2.56852019228982242, 1.87295284992346047, 5.27905102951428412e-1, 6.05183413124413191e-2,
        2.33520497626869185e-3,
    ];

    /// <summary>The ratio of two polynomials by Horner's rule, the highest power first.</summary>
    private static L Ratio(L x, ReadOnlySpan<double> above, ReadOnlySpan<double> below)
    {
        var (p, q) = (Of(above[0]), Of(below[0]));
        for (var i = 1; i < above.Length; i++) p = L.Fma(p, x, Of(above[i]));
        for (var i = 1; i < below.Length; i++) q = L.Fma(q, x, Of(below[i]));
        return p / q;
    }
}
