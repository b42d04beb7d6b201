using System.Numerics;
using Brink.Kernels;
using Brink.Taylor;
using Brink.Tests.Taylor;

namespace Brink.Tests.Kernels;

public unsafe class GatedFunctionTests
{
    // 0 and its neighbours, where y / x is undefined or inaccurate; large arguments, where the gate is 0 or 1.
    private static readonly double[] Points =
        [0, -0.0, 5e-324, -1e-300, 1e-38, -1e-31, 1e-30, -1e-20, 1e-8, -1e-3, 0.5, -1, 3, -9, 12, -20, 40, -80, 300, -800];

    public static TheoryData<string> Functions => ["swish", "gelu", "gelu-tanh"];

    [Theory]
    [MemberData(nameof(Functions))]
    public void Derivatives_computed_from_the_value_equal_those_computed_from_the_argument(string name)
    {
        var f = ElementwiseFunctions.All[name];
        double[] exact = [.. Points.Select(x => Slope(f, x))];
        foreach (var slopes in All<double>(f))
            for (var i = 0; i < exact.Length; i++) Assert.Equal(exact[i], slopes[i], 1e-14);
        foreach (var slopes in All<float>(f))
            for (var i = 0; i < exact.Length; i++) Assert.Equal(exact[i], slopes[i], 1e-5);
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void The_value_at_NaN_is_NaN(string name)
    {
        double[] x = [double.NaN], one = [1], y = [0];
        var f = ElementwiseFunctions.All[name];
        fixed (double* at = x, along = one, to = y) f.Forward(new LanePasses<Lane<double>, double>(), 1, 1, new(at, along), at, to);
        Assert.True(double.IsNaN(y[0]));
    }

    /// <summary>Returns f' for each register width.</summary>
    private static double[][] All<T>(Unary f)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Passes<T>[] widths = [new LanePasses<Lane<T>, T>(), new LanePasses<Lanes256<T>, T>(), new LanePasses<Lanes512<T>, T>()];
        var (x, ones) = (Array.ConvertAll(Points, T.CreateTruncating), Array.ConvertAll(Points, _ => T.One));
        return Array.ConvertAll(widths, passes =>
        {
            var (value, slope) = (new T[x.Length], new T[x.Length]);
            fixed (T* at = x, along = ones, y = value, to = slope)
            {
                f.Values(passes, x.Length, at, y);
                f.Forward(passes, 1, x.Length, new(at, along), y, to);
            }
            return Array.ConvertAll(slope, double.CreateTruncating);
        });
    }

    private static double Slope(Unary f, double x)
    {
        using var scope = NewDisposeScope();
        var at = tensor(x, dtype: ScalarType.Float64, requires_grad: true);
        var y = f.Torch([at]);
        y.backward();
        return at.grad!.ToDouble();
    }
}
