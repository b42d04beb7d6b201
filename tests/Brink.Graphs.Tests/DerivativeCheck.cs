using Brink.Kernels;
using Brink.Objectives;
using Brink.Taylor;

namespace Brink.Graphs.Tests;

/// <summary>Compares the derivatives of a weighted sum of squared outputs on the engine, at each register width, with differences
/// in float64, and the gradient with that of autograd. Where only libtorch has an operator, the derivatives are
/// autograd's.</summary>
internal static class DerivativeCheck
{
    private const double Step = 2e-4;

    private const double Tolerance = 1e-7;

    private static readonly Passes<double>[] Widths =
        [new LanePasses<Lane<double>, double>(), new LanePasses<Lanes256<double>, double>(), new LanePasses<Lanes512<double>, double>()];

    /// <summary>Compares the gradient, a Hessian product and a third derivative.</summary>
    /// <param name="outputs">Outputs as functions of the parameters; those that are data do not count.</param>
    /// <param name="theta">Parameters [p]; they are moved a little, away from kinks.</param>
    public static void Of(IEnumerable<Quantity> outputs, Tensor theta)
    {
        using var generator = new Generator(5, CPU);
        var loss = outputs.Where(output => output.Moves && output.Count > 0).Select(Weighted).Aggregate((x, y) => x + y);
        var u = Random(theta);
        u /= u.norm();
        var moved = 0.02 + (0.03 * rand(theta.shape[0], dtype: ScalarType.Float64, generator: generator));
        // Functions such as acosh and asin are not defined at all of these points, and tan has poles near some.
        Tensor[] points = [theta + moved, (0.9 * theta) + moved, (0.9 * theta) - moved, (0.5 * theta) + moved];
        var at = points.Where(point => double.IsFinite(Gradient(point).norm().ToDouble()))
            .MinBy(point => Gradient(point).norm().ToDouble());
        Assert.NotNull(at);
        var exact = Gradient(at);
        foreach (var engine in Engines())
        {
            using var owned = engine as IDisposable;
            using var expansion = engine.ExpandAt(at);
            var (gradient, product, third) = (expansion.Gradient, expansion.HessianTimes(u), expansion.ThirdDerivative(u, u));
            var scale = Math.Abs(expansion.Loss) + gradient.norm().ToDouble() + product.norm().ToDouble() + third.norm().ToDouble();
            Close(exact, gradient, 1e-11);
            Close(Difference(point => tensor(engine.Loss(point))), gradient.dot(u), Tolerance);
            Close(Difference(point => engine.LossAndGradient(point).Gradient), product, Tolerance);
            Close(Difference(Product), third, Tolerance);

            Tensor Product(Tensor point)
            {
                using var there = engine.ExpandAt(point);
                return there.HessianTimes(u);
            }

            void Close(Tensor expected, Tensor actual, double tolerance) =>
                Assert.InRange((actual - expected).norm().ToDouble(), 0, tolerance * scale);
        }

        IObjective[] Engines()
        {
            try
            {
                return [.. Widths.Select(passes => new TaylorLoss<double>(
                    theta.shape[0], 1, ScalarType.Float64, (_, _) => loss, 1, 1 << 30, 0, tile: 1, passes))];
            }
            catch (ForeignPrimitiveException)
            {
                return [Autograd()];
            }
        }

        DifferentiableSum Autograd() => new(theta.shape[0], ScalarType.Float64, 1, (x, _) => loss.Evaluate(x).sum());

        // Two central differences, extrapolated to an error of h^4.
        Tensor Difference(Func<Tensor, Tensor> f)
        {
            var (near, far) = (Central(Step), Central(2 * Step));
            return ((4 * near) - far) / 3;

            Tensor Central(double h) => (f(at + (h * u)) - f(at - (h * u))) / (2 * h);
        }

        Tensor Gradient(Tensor point) => Autograd().LossAndGradient(point).Gradient;

        Tensor Random(Tensor like) => randn(like.shape, dtype: ScalarType.Float64, generator: generator);

        Value Weighted(Quantity output)
        {
            var weights = Quantity.Of(0.5 + rand(output.Shape, dtype: ScalarType.Float64, generator: generator));
            return (output * output * weights).Sum([], keep: false).Contiguous().Reshape(1);
        }
    }
}
