using System.Numerics;
using System.Runtime.CompilerServices;

namespace Brink.Kernels;

/// <summary>Powers, roundings and selections.</summary>
internal static unsafe partial class Elementary<L, T>
    where L : unmanaged, ILanes<L, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Each product adds a rounding error: with more products than these the class library is more accurate.
    private const double LargestProduct = 32;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Min(L a, L b) => -L.Max(-a, -b);

    /// <summary>1 for positive x, -1 for negative x, else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Sign(L x) => L.WherePositive(x, L.All(T.One), L.WherePositive(-x, L.All(-T.One), default));

    /// <summary>The nearest integer, and of two integers the even one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Round(L x)
    {
        // The sum has no bits after the point, and neither have larger numbers.
        var whole = typeof(T) == typeof(float) ? Of(1L << 23) : Of(1L << 52);
        var size = L.Abs(x);
        var rounded = (size + whole) - whole;
        return L.WherePositive(whole - size, L.WherePositive(x, rounded, -rounded), x);
    }

    /// <summary>The largest integer that is not above x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Floor(L x)
    {
        var rounded = Round(x);
        return L.WherePositive(rounded - x, rounded - L.All(T.One), rounded);
    }

    /// <summary>x^p. Where 2 p is an integer and |p| is at most 32, the result is a product of powers of x and sqrt(x), with a
    /// relative error of at most |p| + 1 roundings; otherwise it is that of the class library.</summary>
    public static L Power(L x, double p)
    {
        var size = Math.Abs(p);
        if (size > LargestProduct || !double.IsInteger(size + size))
            return Each(x, T.CreateTruncating(p), static (number, exponent) => T.Pow(number, exponent));
        var result = double.IsInteger(p) ? L.All(T.One) : L.Sqrt(x);
        for (var n = (int)size; n > 0; n >>= 1)
        {
            if ((n & 1) != 0) result *= x;
            if (n > 1) x *= x;
        }
        return p < 0 ? L.All(T.One) / result : result;
    }

    /// <summary>Applies a function of the class library to one number after the other: for functions that are rare or difficult to
    /// compute on registers.</summary>
    /// <param name="x">The arguments.</param>
    /// <param name="parameter">The second argument of the function.</param>
    /// <param name="f">The function.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static L Each(L x, T parameter, Func<T, T, T> f)
    {
        var numbers = stackalloc T[L.Count];
        L.Store(x, numbers);
        for (var i = 0; i < L.Count; i++) numbers[i] = f(numbers[i], parameter);
        return L.Load(numbers);
    }
}
