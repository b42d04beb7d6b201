using System.Runtime.CompilerServices;

namespace Brink.Kernels;

/// <summary>Functions of truncated polynomials: the chain rule to the third order, in one forward and one backward
/// pass.</summary>
internal sealed unsafe partial class LanePasses<L, T>
{
    /// <summary>The same passes with one number at a time, for the remainder that fills no register.</summary>
    private static readonly LanePasses<Lane<T>, T> Single = new();

    // The compiler limits how much it inlines into one method. Each function has its own method, since it is a type parameter.
    [MethodImpl(Hot | MethodImplOptions.NoInlining)]
    public override void Values<TFunction>(TFunction f, long n, T* x, T* y)
    {
        long i = 0;
        for (; i + L.Count <= n; i += L.Count) L.Store(f.Value<L, T>(L.Load(x + i)), y + i);
        if (i < n) Single.Values(f, n - i, x + i, y + i);
    }

    [MethodImpl(Hot | MethodImplOptions.NoInlining)]
    public override void Forward<TFunction>(TFunction f, int order, long n, Series<T> x, T* value, T* y)
    {
        long i = 0;
        for (; i + L.Count <= n; i += L.Count)
        {
            var d = f.Derivatives<L, T>(Of(x.C0, i), Of(value, i), order);
            var x1 = Of(x.C1, i);
            L result;
            if (order == 1)
            {
                result = d.F1 * x1;
            }
            else if (order == 2)
            {
                // f' x2 + f''/2 x1^2
                result = L.Fma(d.F1, Of(x.C2, i), Elementary<L, T>.Of(0.5) * d.F2 * x1 * x1);
            }
            else
            {
                // f' x3 + f'' x1 x2 + f'''/6 x1^3
                var curved = L.Fma(d.F2, Of(x.C2, i), Elementary<L, T>.Of(1.0 / 6) * d.F3 * x1 * x1);
                result = L.Fma(d.F1, Of(x.C3, i), curved * x1);
            }
            L.Store(result, y + i);
        }
        if (i < n) Single.Forward(f, order, n - i, x.From(i), From(value, i), y + i);
    }

    [MethodImpl(Hot | MethodImplOptions.NoInlining)]
    public override void Backward<TFunction>(
        TFunction f, int order, long n, Series<T> x, T* value, Series<T> ybar, T* xbar, bool accumulate)
    {
        long i = 0;
        for (; i + L.Count <= n; i += L.Count)
        {
            // f'(x(t)) has the coefficients f', f'' x1, f'' x2 + f'''/2 x1^2, f'' x3 + f''' x1 x2 + f''''/6 x1^3.
            var d = f.Derivatives<L, T>(Of(x.C0, i), Of(value, i), order + 1);
            L result;
            if (order == 0)
            {
                result = d.F1 * Of(ybar.C0, i);
            }
            else
            {
                var x1 = Of(x.C1, i);
                var g1 = d.F2 * x1;
                if (order == 1)
                {
                    result = L.Fma(d.F1, Of(ybar.C1, i), g1 * Of(ybar.C0, i));
                }
                else
                {
                    var x2 = Of(x.C2, i);
                    var g2 = L.Fma(d.F2, x2, Elementary<L, T>.Of(0.5) * d.F3 * x1 * x1);
                    if (order == 2)
                    {
                        result = L.Fma(d.F1, Of(ybar.C2, i), L.Fma(g1, Of(ybar.C1, i), g2 * Of(ybar.C0, i)));
                    }
                    else
                    {
                        var curved = L.Fma(d.F3, x2, Elementary<L, T>.Of(1.0 / 6) * d.F4 * x1 * x1);
                        var g3 = L.Fma(d.F2, Of(x.C3, i), curved * x1);
                        result = L.Fma(d.F1, Of(ybar.C3, i), L.Fma(
                            g1, Of(ybar.C2, i), L.Fma(g2, Of(ybar.C1, i), g3 * Of(ybar.C0, i))));
                    }
                }
            }
            L.Store(accumulate ? result + L.Load(xbar + i) : result, xbar + i);
        }
        if (i < n) Single.Backward(f, order, n - i, x.From(i), From(value, i), ybar.From(i), xbar + i, accumulate);
    }

    private static T* From(T* array, long i) => array == null ? null : array + i;

    [MethodImpl(Inlined)]
    private static L Of(T* coefficient, long i) => coefficient == null ? default : L.Load(coefficient + i);
}
