using Brink.Kernels;
using Brink.Taylor;
using Brink.Tests.Kernels;

namespace Brink.Tests.Taylor;

/// <summary>Values and derivatives at zeros, kinks and large arguments, where a formula may divide zero by zero, or
/// overflow.</summary>
public sealed class SpecialPointTests
{
    private const double Infinity = double.PositiveInfinity, Alpha = 1.6732632423543772848, Gamma = 1.0507009873554804934;

    /// <summary>By name: the results at each width, x, and the expected value and derivatives; derivatives that are not given
    /// are 0.</summary>
    private static readonly Dictionary<string, (Func<double, double[][]> At, (double X, double[] Expected)[] Points)> Cases =
        new(StringComparer.Ordinal)
        {
            ["power 0"] = Case(new Power(0), (0, [1]), (-2, [1])),
            ["power 1"] = Case(new Power(1), (0, [0, 1]), (-2, [-2, 1])),
            ["power 2"] = Case(new Power(2), (0, [0, 0, 2]), (-3, [9, -6, 2])),
            ["power 3"] = Case(new Power(3), (0, [0, 0, 0, 6]), (-2, [-8, 12, -12, 6])),
            ["power 4"] = Case(new Power(4), (0, [0, 0, 0, 0, 24])),
            ["power 33"] = Case(new Power(33), (0, [0]), (-1, [-1, 33, -1056, 32736, -982080])),
            ["power -1"] = Case(new Power(-1), (-2, [-0.5, -0.25, -0.25, -0.375, -0.75])),
            ["power 0.5"] = Case(
            new Power(0.5),
            (0, [0, Infinity, -Infinity, Infinity, -Infinity]),
            (4, [2, 0.25, -1 / 32.0, 3 / 256.0, -15 / 2048.0])),
            ["power 2.5"] = Case(new Power(2.5), (0, [0, 0, 0, Infinity, -Infinity])),
            ["power 2.7"] = Case(new Power(2.7), (0, [0, 0, 0, Infinity, -Infinity])),
            ["sigmoid"] = Case(new Sigmoid(), (1000, [1]), (-1000, [0]), (0, [0.5, 0.25, 0, -0.125])),
            ["log-sigmoid"] = Case(new LogSigmoid(), (1000, [0]), (-1000, [-1000, 1])),
            ["mish"] = Case(new Mish(), (1000, [1000, 1]), (-1000, [0]), (-1e30, [0]), (1e30, [1e30, 1])),
            ["quick-gelu"] = Case(new Swish(1.702), (1000, [1000, 1]), (-1000, [0]), (0, [0, 0.5, 0.851, 0, -0.5 * 1.702 * 1.702 * 1.702])),
            ["softplus"] = Case(new Softplus(), (1000, [1000, 1]), (-1000, [0])),
            ["softplus of PyTorch"] = Case(new Softplus(2, 20), (10.25, [10.25, 1]), (-1000, [0])),
            ["softsign"] = Case(new Softsign(), (0, [0, 1, 0, 6]), (1e30, [1]), (-1e30, [-1])),
            ["erf"] = Case(
            new Erf(),
            (10, [1]),
            (-10, [-1]),
            (1e30, [1]),
            (-1e30, [-1]),
            (0, [0, 2 / Math.Sqrt(Math.PI), 0, -4 / Math.Sqrt(Math.PI)])),
            ["atan"] = Case(new Atan(), (1e30, [Math.PI / 2]), (-1e30, [-Math.PI / 2]), (0, [0, 1, 0, -2])),
            ["asinh"] = Case(new Asinh(), (1e30, [Math.Asinh(1e30)]), (0, [0, 1, 0, -1])),
            ["acosh"] = Case(new Acosh(), (1e30, [Math.Acosh(1e30)])),
            ["expm1"] = Case(new Expm1(), (-1000, [-1]), (0, [0, 1, 1, 1, 1])),
            ["log1p"] = Case(new Log1p(), (0, [0, 1, -1, 2, -6]), (1e30, [Math.Log(1e30)])),
            ["sinh"] = Case(new Sinh(), (0, [0, 1, 0, 1])),
            ["cosh"] = Case(new Cosh(), (0, [1, 0, 1, 0, 1])),
            ["sin"] = Case(new Sin(), (100_000, [Math.Sin(1e5), Math.Cos(1e5), -Math.Sin(1e5), -Math.Cos(1e5), Math.Sin(1e5)])),
            ["cos"] = Case(new Cos(), (100_000, [Math.Cos(1e5), -Math.Sin(1e5), -Math.Cos(1e5), Math.Sin(1e5), Math.Cos(1e5)])),
            ["elu 0.6"] = Case(new Elu(0.6, 1, 1), (0, [0, 0.6, 0.6, 0.6, 0.6]), (-1000, [-0.6]), (1000, [1000, 1])),
            ["selu"] = Case(new Elu(Alpha, Gamma, 1), (-1000, [-Alpha * Gamma]), (2, [2 * Gamma, Gamma])),
            ["celu 2"] = Case(new Elu(2, 1, 0.5), (0, [0, 1, 0.5, 0.25, 0.125]), (-1000, [-2])),
            ["abs"] = Case(new Abs(), (0, [0]), (-2, [2, -1])),
            ["leaky-relu"] = Case(new LeakyRelu(), (0, [0, 0.01]), (-2, [-0.02, 0.01])),
            ["thresholded-relu"] = Case(new ThresholdedRelu(), (1, [0]), (2, [2, 1])),
            ["hard-sigmoid"] = Case(new HardSigmoid(), (3, [1]), (-3, [0]), (0, [0.5, 1.0 / 6])),
            ["hard-swish"] = Case(new HardSwish(), (3, [3, 1]), (-3, [0]), (0, [0, 0.5, 1.0 / 3]), (1e30, [1e30, 1])),
            ["hard-tanh"] = Case(new HardTanh(0, 6), (0, [0]), (6, [6]), (3, [3, 1])),
            ["clip"] = Case(new Clip(), (-1, [-1, 1]), (1, [1, 1]), (2, [1]), (-2, [-1])),
            ["clip to nothing"] = Case(new Clip(2, 1), (0, [1]), (3, [1])),
            ["sign"] = Case(new Brink.Taylor.Sign(), (0, [0]), (-3, [-1]), (1e-30, [1])),
            ["floor"] = Case(new Floor(), (3, [3]), (-0.25, [-1]), (2.75, [2]), (1e30, [1e30])),
            ["ceiling"] = Case(new Ceiling(), (3, [3]), (-1.5, [-1]), (0.25, [1]), (-1e30, [-1e30])),
            ["round"] = Case(new Round(), (2.5, [2]), (3.5, [4]), (-0.5, [0]), (-1.75, [-2]), (8388607, [8388607]), (4194304.5, [4194304])),
        };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Values_and_derivatives_are_exact_at_special_points(string name)
    {
        foreach (var (x, expected) in Cases[name].Points)
        {
            foreach (var (i, result) in Cases[name].At(x).Index())
            {
                for (var order = 0; order <= 4; order++)
                {
                    var exact = order < expected.Length ? expected[order] : 0;
                    var tolerance = (i < 3 ? 1e-14 : 1e-6) * (1 + Math.Abs(exact));
                    Assert.True(
                        result[order].Equals(exact) || Math.Abs(result[order] - exact) <= tolerance,
                        $"x = {x}, order {order}, width {i}: {result[order]:R} instead of {exact:R}");
                }
            }
        }
    }

    [Theory, MemberData(nameof(ElementwiseFunctions.Names), MemberType = typeof(ElementwiseFunctions))]
    public unsafe void The_first_derivative_at_a_kink_is_that_of_libtorch(string name)
    {
        using var scope = NewDisposeScope();
        double[] x = [-6, -3, -2.5, -1, -0.5, 0, 0.5, 1, 2.5, 3, 6];
        var f = ElementwiseFunctions.All[name];
        var at = tensor(x, requires_grad: true);
        f.Torch([at]).sum().backward();
        var exact = at.grad is null ? new double[x.Length] : at.grad.data<double>().ToArray();
        var (y, slope, one) = (new double[x.Length], new double[x.Length], Array.ConvertAll(x, _ => 1.0));
        var passes = new LanePasses<Lanes256<double>, double>();
        fixed (double* from = x, value = y, along = one, to = slope)
        {
            f.Values(passes, x.Length, from, value);
            f.Forward(passes, 1, x.Length, new(from, along), value, to);
        }
        for (var i = 0; i < x.Length; i++)
        {
            Assert.True(
                double.IsNaN(y[i]) || slope[i].Equals(exact[i]) || Math.Abs(slope[i] - exact[i]) <= 1e-13 * (1 + Math.Abs(exact[i])),
                $"x = {x[i]}: {slope[i]:R} instead of {exact[i]:R}");
        }
    }

    private static (Func<double, double[][]> At, (double X, double[] Expected)[] Points) Case<TFunction>(
        TFunction f, params (double X, double[] Expected)[] points)
        where TFunction : struct, IElementwise => (x => AllWidths.At(f, x), points);
}
