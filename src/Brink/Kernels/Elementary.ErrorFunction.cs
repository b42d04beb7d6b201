using System.Numerics;

namespace Brink.Kernels;

/// <summary>erf and erfc by the rational approximations of Cody (1969), tables I to III. Their relative error is about 1e-16 apart
/// from rounding.</summary>
internal static partial class Elementary<L, T>
    where L : unmanaged, ILanes<L, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>erf(x) = 2/sqrt(pi) times the integral of e^(-t^2) from 0 to x, with a small relative error also near
    /// zero.</summary>
    public static L ErrorFunction(L x)
    {
        var (y, y2) = (L.Abs(x), x * x);
        var far = L.All(T.One) - Tail(y, y2);
        return L.WherePositive(y - Of(0.46875), L.WherePositive(x, far, -far), x * Ratio(y2, NearAbove, NearBelow));
    }

    /// <summary>erfc(x) = 1 - erf(x), with a small relative error also where it is tiny.</summary>
    public static L ErrorFunctionComplement(L x)
    {
        var (y, y2) = (L.Abs(x), x * x);
        var near = L.All(T.One) - (x * Ratio(y2, NearAbove, NearBelow));
        var tail = Tail(y, y2);
        return L.WherePositive(y - Of(0.46875), L.WherePositive(x, tail, Of(2) - tail), near);
    }

    /// <summary>erfc(y) for y &gt; 0.46875, from y and y^2.</summary>
    private static L Tail(L y, L y2)
    {
        // Up to 4: e^(-y^2) P(y)/Q(y); beyond: e^(-y^2)/y (1/sqrt(pi) + P(1/y^2)/(y^2 Q(1/y^2))).
        var one = L.All(T.One);
        var gauss = Exp(-y2);
        var middle = gauss * Ratio(L.WherePositive(y - Of(4), Of(4), y), MiddleAbove, MiddleBelow);
        var safe = L.WherePositive(y - Of(1), y, one);
        var inverse = one / (safe * safe);
        var far = gauss / safe * (Of(0.56418958354775628695) - (inverse * Ratio(inverse, FarAbove, FarBelow)));
        return L.WherePositive(y - Of(4), far, middle);
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
