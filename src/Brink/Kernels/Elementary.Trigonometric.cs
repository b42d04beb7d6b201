using System.Numerics;
using System.Runtime.CompilerServices;

namespace Brink.Kernels;

/// <summary>sin and cos.</summary>
internal static partial class Elementary<L, T>
    where L : unmanaged, ILanes<L, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>sin x and cos x, each within two units in the last place for |x| up to 2^45 (float32: 2^17); beyond, those of the class
    /// library.</summary>
    /// <remarks>x = n pi/2 + r with n the nearest integer, and sin r and cos r by their Taylor series, whose remainders at |r| = pi/4
    /// are below a tenth of a rounding error.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (L Sin, L Cos) SinCos(L x)
    {
        var isFloat = typeof(T) == typeof(float);
        var whole = isFloat ? Of(3L << 22) : Of(3L << 51);
        var n = L.Fma(x, Of(2 / Math.PI), whole) - whole;

        // pi/2 is a sum of three numbers. The first step is exact: n times the first number is a multiple of that number's last bit,
        // and so is the difference, which is less than 1.
        var r = L.Fma(n, isFloat ? Of(-1.5707963705062866) : Of(-1.5707963267948966), x);
        r = L.Fma(n, isFloat ? Of(4.371138828673793e-8) : Of(-6.123233995736766e-17), r);
        r = L.Fma(n, isFloat ? Of(1.7151245100058819e-15) : Of(1.4973849048591698e-33), r);

        var r2 = r * r;
        var (odd, even) = isFloat ? (Of(1.0 / 362880), Of(-1.0 / 3628800)) : (Of(1.0 / 355687428096000), Of(1.0 / 20922789888000));
        if (!isFloat)
        {
            (odd, even) = (L.Fma(odd, r2, Of(-1.0 / 1307674368000)), L.Fma(even, r2, Of(-1.0 / 87178291200)));
            (odd, even) = (L.Fma(odd, r2, Of(1.0 / 6227020800)), L.Fma(even, r2, Of(1.0 / 479001600)));
            (odd, even) = (L.Fma(odd, r2, Of(-1.0 / 39916800)), L.Fma(even, r2, Of(-1.0 / 3628800)));
            odd = L.Fma(odd, r2, Of(1.0 / 362880));
        }
        (odd, even) = (L.Fma(odd, r2, Of(-1.0 / 5040)), L.Fma(even, r2, Of(1.0 / 40320)));
        (odd, even) = (L.Fma(odd, r2, Of(1.0 / 120)), L.Fma(even, r2, Of(-1.0 / 720)));
        (odd, even) = (L.Fma(odd, r2, Of(-1.0 / 6)), L.Fma(even, r2, Of(1.0 / 24)));
        var s = L.Fma(r2 * r, odd, r);
        var c = L.Fma(r2, L.Fma(r2, even, Of(-0.5)), L.All(T.One));

        // The remainder of n by 4, from -2 to 2, selects the series and its sign.
        var quarter = L.Fma(n, Of(0.25), whole) - whole;
        var turn = L.Fma(quarter, Of(-4), n);
        var sign = L.All(T.One) - L.Abs(turn);
        var isEven = L.Abs(sign);
        var sin = L.WherePositive(isEven, sign * s, turn * c);
        var cos = L.WherePositive(isEven, sign * c, -(turn * s));

        // Beyond the bound n is not exact enough.
        var beyond = L.Abs(x) - (isFloat ? Of(1 << 17) : Of(1L << 45));
        if (L.AnyPositive(beyond))
        {
            sin = L.WherePositive(beyond, Each(x, default, static (number, _) => T.Sin(number)), sin);
            cos = L.WherePositive(beyond, Each(x, default, static (number, _) => T.Cos(number)), cos);
        }
        return (sin, cos);
    }
}
