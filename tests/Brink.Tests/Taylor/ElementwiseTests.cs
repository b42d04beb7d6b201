using System.Numerics;
using Brink.Kernels;
using Brink.Taylor;

namespace Brink.Tests.Taylor;

/// <summary>Each elementwise function alone: its value against its libtorch form, each derivative against differences of the one
/// before.</summary>
public sealed unsafe class ElementwiseTests
{
    public static TheoryData<string> Names => ElementwiseFunctions.Names;

    [Theory, MemberData(nameof(Names))]
    public void The_value_is_that_of_the_libtorch_form(string name)
    {
        using var scope = NewDisposeScope();
        var f = ElementwiseFunctions.All[name];
        var x = Points(name, 12);
        var exact = f.Torch([tensor(x)]).data<double>().ToArray();
        foreach (var passes in Widths<double>()) Near(exact, Values(f, passes, x), 1e-14);
        foreach (var passes in Widths<float>()) Near(exact, Values(f, passes, x), 1e-6);
    }

    [Theory, MemberData(nameof(Names))]
    public void Each_derivative_is_the_central_difference_of_the_one_before(string name)
    {
        var f = ElementwiseFunctions.All[name];
        var x = Points(name, 3);
        for (var order = 1; order <= 4; order++)
        {
            // Two central differences, extrapolated to an error of h^4.
            var (near, far) = (Difference(1e-3), Difference(2e-3));
            var expected = near.Zip(far, (a, b) => ((4 * a) - b) / 3).ToArray();
            foreach (var passes in Widths<double>()) Near(expected, Derivative(f, passes, order, x), 1e-8);
            foreach (var passes in Widths<float>()) Near(expected, Derivative(f, passes, order, x), 1e-4);

            double[] Difference(double h) => [.. Lower(h).Zip(Lower(-h), (a, b) => (a - b) / (2 * h))];

            double[] Lower(double step)
            {
                double[] at = [.. x.Select(number => number + step)];
                return order == 1 ? Values(f, Passes<double>.Widest, at) : Derivative(f, Passes<double>.Widest, order - 1, at);
            }
        }
    }

    /// <summary>Numbers up to the largest at which the function is defined, 0.003 or more away from multiples of 1/80, where a kink
    /// may be. Their count is odd, so that no register divides it.</summary>
    private static double[] Points(string name, double largest)
    {
        double[] positive = [.. Enumerable.Range(0, 201).Select(i => 0.503 + (i * (largest - 0.5) / 200))];
        double[] small = [.. Enumerable.Range(0, 40).Select(i => 0.0035 + (i * 0.0125))];
        var x = ElementwiseFunctions.Defined(name, [.. positive, .. small, .. small.Select(x => -x), .. positive.Select(x => -x)]);
        Assert.NotEmpty(x);
        return x.Length % 2 == 0 ? x[1..] : x;
    }

    private static Passes<T>[] Widths<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        [new LanePasses<Lane<T>, T>(), new LanePasses<Lanes256<T>, T>(), new LanePasses<Lanes512<T>, T>()];

    private static double[] Values<T>(Unary f, Passes<T> passes, double[] x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (at, y) = (Array.ConvertAll(x, T.CreateTruncating), new T[x.Length]);
        fixed (T* from = at, to = y) f.Values(passes, x.Length, from, to);
        return Array.ConvertAll(y, double.CreateTruncating);
    }

    /// <summary>Computes the derivative of an order, which is a coefficient of f(x + t) times a factorial; the fourth is one of
    /// f'(x + t). Arguments that the function declares as not needed are not passed.</summary>
    private static double[] Derivative<T>(Unary f, Passes<T> passes, int order, double[] x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var at = Array.ConvertAll(x, T.CreateTruncating);
        var (value, result, ones) = (new T[x.Length], new T[x.Length], Array.ConvertAll(at, _ => T.One));
        fixed (T* from = at, y = value, along = ones, to = result)
        {
            f.Values(passes, x.Length, from, y);
            var line = new Series<T>(f.ReadsArgument ? from : null, along);
            var known = f.ReadsValue ? y : null;
            if (order == 4) f.Backward(passes, 3, x.Length, line, known, new(along), to, accumulate: false);
            else f.Forward(passes, order, x.Length, line, known, to);
        }
        double[] factors = [1, 2, 6, 6];
        return Array.ConvertAll(result, coefficient => factors[order - 1] * double.CreateTruncating(coefficient));
    }

    private static void Near(double[] expected, double[] actual, double tolerance)
    {
        for (var i = 0; i < expected.Length; i++)
            Assert.InRange(Math.Abs(actual[i] - expected[i]), 0, tolerance * (1 + Math.Abs(expected[i])));
    }
}
