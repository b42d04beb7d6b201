using Brink.Dynamics;
using Brink.Objectives;
using Brink.Spectra;
using Brink.Taylor;

namespace Brink.Tests.Objectives;

public class MixedPrecisionTests
{
    private const long Seed = 3;

    [Fact]
    public void Products_and_third_derivatives_are_those_of_float64_up_to_the_rounding_of_float32()
    {
        using var scope = NewDisposeScope();
        using var both = new Both();
        var mixed = new MixedPrecision(both.Exact, both.Fast);
        using var exact = both.Exact.ExpandAt(both.Theta);
        using var expansion = mixed.ExpandAt(both.Theta);
        Assert.Equal(ScalarType.Float64, mixed.Precision);
        Assert.Equal(exact.Loss, expansion.Loss);
        Assert.Equal(0, Distance(exact.Gradient, expansion.Gradient));
        var (u, v) = (Both.Direction(1), Both.Direction(2));
        // The rounding is there, and it is that of float32.
        Assert.InRange(Distance(exact.HessianTimes(v), expansion.HessianTimes(v)), 1e-9, 2e-6);
        Assert.InRange(Distance(exact.ThirdDerivative(u, u), expansion.ThirdDerivative(u, u)), 1e-9, 5e-6);
        Assert.InRange(Distance(exact.ThirdDerivative(u, v), expansion.ThirdDerivative(u, v)), 1e-9, 5e-6);
        Assert.Equal(
            Distance(exact.HessianTimes(v), expansion.HessianTimes(v)),
            mixed.RoundingAt(both.Theta, v),
            1e-12);
    }

    [Fact]
    public void The_rounded_loss_has_the_gradient_of_float32_and_the_products_of_float32()
    {
        using var scope = NewDisposeScope();
        using var both = new Both();
        var rounded = new MixedPrecision(both.Exact, both.Fast).Rounded;
        var (loss, gradient) = rounded.LossAndGradient(both.Theta);
        var (expected, slope) = both.Exact.LossAndGradient(both.Theta);
        Assert.Equal(ScalarType.Float64, gradient.dtype);
        Assert.Equal(expected, loss, 1e-6 * expected);
        Assert.Equal(rounded.Loss(both.Theta), loss, 1e-6 * expected);
        Assert.InRange(Distance(slope, gradient), 1e-9, 2e-6);
        using var expansion = rounded.ExpandAt(both.Theta);
        using var exact = both.Exact.ExpandAt(both.Theta);
        var v = Both.Direction(4);
        Assert.InRange(Distance(exact.HessianTimes(v), expansion.HessianTimes(v)), 1e-9, 2e-6);
    }

    [Fact]
    public void The_eigenvalue_is_within_the_measured_rounding()
    {
        using var scope = NewDisposeScope();
        using var both = new Both();
        var mixed = new MixedPrecision(both.Exact, both.Fast);
        using var exact = both.Exact.CurvatureAt(both.Theta);
        using var expansion = mixed.CurvatureAt(both.Theta);
        using var ofExact = new EigenpairTracker(new(1, 1e-8));
        using var ofMixed = new EigenpairTracker(new(1, 1e-5));
        var S = ofExact.Track(exact.Hessian(both.Theta)).Values[0];
        var pairs = ofMixed.Track(expansion.Hessian(both.Theta));
        var rounding = mixed.RoundingAt(both.Theta, pairs.Vectors[0]);
        Assert.True(pairs.Converged);
        Assert.InRange(Math.Abs(pairs.Values[0] - S) / S, 0, rounding);
    }

    [Fact]
    public void A_point_that_is_only_measured_computes_the_same_numbers()
    {
        using var scope = NewDisposeScope();
        using var both = new Both();
        foreach (var objective in new IObjective[] { both.Exact, new MixedPrecision(both.Exact, both.Fast) })
        {
            using var wanted = new Point(objective, both.Theta.clone());
            using var measured = new Point(objective, both.Theta.clone()) { WantsGradient = false };
            var v = Both.Direction(5);
            Assert.Equal(0, Distance(wanted.Expansion.HessianTimes(v), measured.Expansion.HessianTimes(v)));
            Assert.Equal(0, Distance(wanted.Expansion.ThirdDerivative(v, v), measured.Expansion.ThirdDerivative(v, v)));
            Assert.Equal(wanted.Loss, measured.Loss);
            Assert.Equal(0, Distance(wanted.Gradient, measured.Gradient));
        }
    }

    [Fact]
    public void A_measured_point_takes_only_its_loss_where_no_products_are_wanted()
    {
        using var scope = NewDisposeScope();
        using var both = new Both();
        var count = new DerivativeCount();
        using var point = new Point(new CountedObjective(both.Exact, count), both.Theta.clone()) { WantsGradient = false };
        Assert.Equal(both.Exact.Loss(both.Theta), point.Loss);
        Assert.Equal(0, count.Gradients);
    }

    [Fact]
    public void No_tensor_remains()
    {
        using var both = new Both();
        var mixed = new MixedPrecision(both.Exact, both.Fast);
        Live.AssertUnchanged(Once);

        void Once()
        {
            using var scope = NewDisposeScope();
            var v = Both.Direction(6);
            foreach (var objective in new[] { mixed, mixed.Rounded })
            {
                using var expansion = objective.ExpandAt(both.Theta);
                using var curvature = objective.CurvatureAt(both.Theta);
                curvature.HessianTimes(v);
                expansion.ThirdDerivative(v, v);
                _ = (curvature.Loss, curvature.Gradient);
            }
            mixed.RoundingAt(both.Theta, v);
        }
    }

    private static double Distance(Tensor expected, Tensor actual) => ((actual - expected).norm() / expected.norm()).ToDouble();

    /// <summary>A tanh network on random data, in both precisions.</summary>
    private sealed class Both : IDisposable
    {
        private readonly Tensor _inputs, _targets, _fastInputs, _fastTargets;

        public Both()
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator(Seed, CPU);
            _inputs = randn(40, 6, dtype: ScalarType.Float64, generator: generator).DetachFromDisposeScope();
            _targets = randn(40, 2, dtype: ScalarType.Float64, generator: generator).DetachFromDisposeScope();
            (_fastInputs, _fastTargets) = (
                _inputs.to(ScalarType.Float32).DetachFromDisposeScope(), _targets.to(ScalarType.Float32).DetachFromDisposeScope());
            Theta = (0.5 * randn(Dimension, dtype: ScalarType.Float64, generator: generator)).DetachFromDisposeScope();
            (Exact, Fast) = (Loss(_inputs, _targets), Loss(_fastInputs, _fastTargets));
        }

        public TaylorLoss Exact { get; }

        public TaylorLoss Fast { get; }

        public Tensor Theta { get; }

        private const long Width = 8, Dimension = (6 * Width) + (Width * 2);

        public static Tensor Direction(int number)
        {
            using var generator = new Generator((ulong)number, CPU);
            return randn(Dimension, dtype: ScalarType.Float64, generator: generator);
        }

        public void Dispose()
        {
            Exact.Dispose();
            Fast.Dispose();
            foreach (var tensor in new[] { _inputs, _targets, _fastInputs, _fastTargets, Theta }) tensor.Dispose();
        }

        private static TaylorLoss Loss(Tensor inputs, Tensor targets) => TaylorLoss.Over(
            Dimension,
            (x, y) => Losses.SquaredError(
                Value.Constant(x).Times(Value.Parameter(0, [Width, 6])).Tanh().Times(Value.Parameter(6 * Width, [2, Width])),
                Value.Constant(y)),
            inputs,
            targets);
    }
}
