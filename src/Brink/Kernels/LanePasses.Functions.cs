using System.Runtime.CompilerServices;

namespace Brink.Kernels;

/// <summary>Functions of truncated polynomials: the chain rule to the third order, in one pass each
/// way.</summary>
internal sealed unsafe partial class LanePasses<L, T>
{
    public override void Values(FunctionName f, double a, long n, T* x, T* y)
    {
        switch (f)
        {
            case FunctionName.Tanh: Values<Tanh>(a, n, x, y); break;
            case FunctionName.Swish: Values<Swish>(a, n, x, y); break;
            case FunctionName.Gelu: Values<Gelu>(a, n, x, y); break;
            case FunctionName.GeluTanh: Values<GeluTanh>(a, n, x, y); break;
            case FunctionName.Relu: Values<Relu>(a, n, x, y); break;
            case FunctionName.Softplus: Values<Softplus>(a, n, x, y); break;
            case FunctionName.Elu: Values<Elu>(a, n, x, y); break;
            case FunctionName.Exponential: Values<Exponential>(a, n, x, y); break;
            case FunctionName.Logarithm: Values<Logarithm>(a, n, x, y); break;
            case FunctionName.Reciprocal: Values<Reciprocal>(a, n, x, y); break;
            case FunctionName.InverseRoot: Values<InverseRoot>(a, n, x, y); break;
            default: throw new ArgumentOutOfRangeException(nameof(f), f, "no such function");
        }
    }

    public override void Forward(FunctionName f, double a, int order, long n, Series<T> x, T* value, T* y)
    {
        switch (f)
        {
            case FunctionName.Tanh: Forward<Tanh>(a, order, n, x, value, y); break;
            case FunctionName.Swish: Forward<Swish>(a, order, n, x, value, y); break;
            case FunctionName.Gelu: Forward<Gelu>(a, order, n, x, value, y); break;
            case FunctionName.GeluTanh: Forward<GeluTanh>(a, order, n, x, value, y); break;
            case FunctionName.Relu: Forward<Relu>(a, order, n, x, value, y); break;
            case FunctionName.Softplus: Forward<Softplus>(a, order, n, x, value, y); break;
            case FunctionName.Elu: Forward<Elu>(a, order, n, x, value, y); break;
            case FunctionName.Exponential: Forward<Exponential>(a, order, n, x, value, y); break;
            case FunctionName.Logarithm: Forward<Logarithm>(a, order, n, x, value, y); break;
            case FunctionName.Reciprocal: Forward<Reciprocal>(a, order, n, x, value, y); break;
            case FunctionName.InverseRoot: Forward<InverseRoot>(a, order, n, x, value, y); break;
            default: throw new ArgumentOutOfRangeException(nameof(f), f, "no such function");
        }
    }

    public override void Backward(
        FunctionName f, double a, int order, long n, Series<T> x, T* value, Series<T> ybar, T* xbar, bool accumulate)
    {
        switch (f)
        {
            case FunctionName.Tanh: Backward<Tanh>(a, order, n, x, value, ybar, xbar, accumulate); break;
            case FunctionName.Swish: Backward<Swish>(a, order, n, x, value, ybar, xbar, accumulate); break;
            case FunctionName.Gelu: Backward<Gelu>(a, order, n, x, value, ybar, xbar, accumulate); break;
            case FunctionName.GeluTanh: Backward<GeluTanh>(a, order, n, x, value, ybar, xbar, accumulate); break;
            case FunctionName.Relu: Backward<Relu>(a, order, n, x, value, ybar, xbar, accumulate); break;
            case FunctionName.Softplus: Backward<Softplus>(a, order, n, x, value, ybar, xbar, accumulate); break;
            case FunctionName.Elu: Backward<Elu>(a, order, n, x, value, ybar, xbar, accumulate); break;
            case FunctionName.Exponential: Backward<Exponential>(a, order, n, x, value, ybar, xbar, accumulate); break;
            case FunctionName.Logarithm: Backward<Logarithm>(a, order, n, x, value, ybar, xbar, accumulate); break;
            case FunctionName.Reciprocal: Backward<Reciprocal>(a, order, n, x, value, ybar, xbar, accumulate); break;
            case FunctionName.InverseRoot: Backward<InverseRoot>(a, order, n, x, value, ybar, xbar, accumulate); break;
            default: throw new ArgumentOutOfRangeException(nameof(f), f, "no such function");
        }
    }

    // Each in a method of its own: the compiler inlines only so much into one. What is left of the numbers, less than a register,
    // goes through the same text with one number at a time.
    [MethodImpl(Hot | MethodImplOptions.NoInlining)]
    private static void Values<TFunction>(double a, long n, T* x, T* y)
        where TFunction : IFunction
    {
        var constant = L.All(T.CreateTruncating(a));
        long i = 0;
        for (; i + L.Count <= n; i += L.Count) L.Store(TFunction.Value<L, T>(L.Load(x + i), constant), y + i);
        if (i < n) LanePasses<Lane<T>, T>.Values<TFunction>(a, n - i, x + i, y + i);
    }

    [MethodImpl(Hot | MethodImplOptions.NoInlining)]
    private static void Forward<TFunction>(double a, int order, long n, Series<T> x, T* value, T* y)
        where TFunction : IFunction
    {
        var constant = L.All(T.CreateTruncating(a));
        long i = 0;
        for (; i + L.Count <= n; i += L.Count)
        {
            var f = TFunction.At<L, T>(Of(x.C0, i), Of(value, i), constant, order);
            var x1 = Of(x.C1, i);
            L result;
            if (order == 1)
            {
                result = f.F1 * x1;
            }
            else if (order == 2)
            {
                // f' x2 + f''/2 x1^2
                result = L.Fma(f.F1, Of(x.C2, i), Elementary<L, T>.Of(0.5) * f.F2 * x1 * x1);
            }
            else
            {
                // f' x3 + f'' x1 x2 + f'''/6 x1^3
                var curved = L.Fma(f.F2, Of(x.C2, i), Elementary<L, T>.Of(1.0 / 6) * f.F3 * x1 * x1);
                result = L.Fma(f.F1, Of(x.C3, i), curved * x1);
            }
            L.Store(result, y + i);
        }
        if (i < n) LanePasses<Lane<T>, T>.Forward<TFunction>(a, order, n - i, x.From(i), From(value, i), y + i);
    }

    [MethodImpl(Hot | MethodImplOptions.NoInlining)]
    private static void Backward<TFunction>(
        double a, int order, long n, Series<T> x, T* value, Series<T> ybar, T* xbar, bool accumulate)
        where TFunction : IFunction
    {
        var constant = L.All(T.CreateTruncating(a));
        long i = 0;
        for (; i + L.Count <= n; i += L.Count)
        {
            // f'(x(t)) has the coefficients f', f'' x1, f'' x2 + f'''/2 x1^2, f'' x3 + f''' x1 x2 + f''''/6 x1^3.
            var f = TFunction.At<L, T>(Of(x.C0, i), Of(value, i), constant, order + 1);
            L result;
            if (order == 0)
            {
                result = f.F1 * Of(ybar.C0, i);
            }
            else
            {
                var x1 = Of(x.C1, i);
                var g1 = f.F2 * x1;
                if (order == 1)
                {
                    result = L.Fma(f.F1, Of(ybar.C1, i), g1 * Of(ybar.C0, i));
                }
                else
                {
                    var x2 = Of(x.C2, i);
                    var g2 = L.Fma(f.F2, x2, Elementary<L, T>.Of(0.5) * f.F3 * x1 * x1);
                    if (order == 2)
                    {
                        result = L.Fma(f.F1, Of(ybar.C2, i), L.Fma(g1, Of(ybar.C1, i), g2 * Of(ybar.C0, i)));
                    }
                    else
                    {
                        var curved = L.Fma(f.F3, x2, Elementary<L, T>.Of(1.0 / 6) * f.F4 * x1 * x1);
                        var g3 = L.Fma(f.F2, Of(x.C3, i), curved * x1);
                        result = L.Fma(f.F1, Of(ybar.C3, i), L.Fma(
                            g1, Of(ybar.C2, i), L.Fma(g2, Of(ybar.C1, i), g3 * Of(ybar.C0, i))));
                    }
                }
            }
            L.Store(accumulate ? result + L.Load(xbar + i) : result, xbar + i);
        }
        if (i < n) LanePasses<Lane<T>, T>.Backward<TFunction>(a, order, n - i, x.From(i), From(value, i), ybar.From(i), xbar + i, accumulate);
    }

    private static T* From(T* array, long i) => array == null ? null : array + i;

    [MethodImpl(Inlined)]
    private static L Of(T* coefficient, long i) => coefficient == null ? default : L.Load(coefficient + i);
}
