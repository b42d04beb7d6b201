using Brink.Objectives;
using Brink.Taylor;
using Brink.Zoo.Models;

namespace Brink.Tests.Taylor;

public sealed class TaylorLossTests
{
    public static TheoryData<string, int> Models()
    {
        var data = new TheoryData<string, int>();
        foreach (var name in new[] { "mlp", "cnn", "resnet", "transformer" })
            foreach (var n in new[] { 1, 15, 16, 17 })
                data.Add(name, n);
        data.Add("mlp", 500);
        data.Add("cnn", 500);
        data.Add("transformer", 500);
        return data;
    }

    [Theory, MemberData(nameof(Models))]
    public void Every_derivative_equals_that_of_autograd_in_float64(string name, int n)
    {
        using var scope = NewDisposeScope();
        var (autograd, taylor, theta) = Pair(name, n, ScalarType.Float64);
        using var owned = taylor;
        using var theirs = autograd.ExpandAt(theta);
        using var ours = taylor.ExpandAt(theta);
        using var generator = new Generator(3, CPU);
        var rows = randn([2, theta.shape[0]], dtype: ScalarType.Float64, generator: generator);
        Equal(theirs.Loss, ours.Loss, 1e-13);
        Equal(theirs.Loss, taylor.Loss(theta), 1e-13);
        Equal(theirs.Gradient, ours.Gradient, 1e-11);
        Equal(theirs.Gradient, taylor.LossAndGradient(theta).Gradient, 1e-11);
        Equal(theirs.HessianTimes(rows), ours.HessianTimes(rows), 1e-11);
        Equal(theirs.HessianTimes(rows[0]), ours.HessianTimes(rows[0]), 1e-11);
        Equal(theirs.ThirdDerivative(rows[0], rows[0]), ours.ThirdDerivative(rows[0], rows[0]), 1e-11);
        Equal(theirs.ThirdDerivative(rows[0], rows[1]), ours.ThirdDerivative(rows[0], rows[1]), 1e-11);
        Equal(theirs.ThirdDerivative(rows[1], rows[1]), ours.ThirdDerivative(rows[1], rows[1]), 1e-11);
    }

    [Theory]
    [InlineData("mlp", 500)]
    [InlineData("cnn", 17)]
    [InlineData("cnn", 500)]
    [InlineData("resnet of whole images", 17)]
    [InlineData("transformer", 17)]
    public void Float32_agrees_with_float64_up_to_rounding(string name, int n)
    {
        using var scope = NewDisposeScope();
        var (_, exact, theta) = Pair(name, n, ScalarType.Float64);
        var (_, single, _) = Pair(name, n, ScalarType.Float32);
        using var first = exact;
        using var second = single;
        // The same point and direction, both exact in float32.
        var point = theta.to(ScalarType.Float32);
        using var a = exact.ExpandAt(point.to(ScalarType.Float64));
        using var b = single.ExpandAt(point);
        using var generator = new Generator(9, CPU);
        var lower = randn(theta.shape[0], dtype: ScalarType.Float32, generator: generator);
        var u = lower.to(ScalarType.Float64);
        Equal(a.Gradient, b.Gradient.to(ScalarType.Float64), 1e-5);
        Equal(a.HessianTimes(u), b.HessianTimes(lower).to(ScalarType.Float64), 1e-5);
        Equal(a.ThirdDerivative(u, u), b.ThirdDerivative(lower, lower).to(ScalarType.Float64), 1e-5);
    }

    [Theory, InlineData("mlp"), InlineData("cnn"), InlineData("resnet"), InlineData("transformer")]
    public void An_expansion_that_keeps_nothing_gives_the_same_bits(string name)
    {
        using var scope = NewDisposeScope();
        var (_, keeping, theta) = Pair(name, 17, ScalarType.Float64, tile: 5);
        var (_, recomputing, _) = Pair(name, 17, ScalarType.Float64, tile: 5, budget: 0);
        using var first = keeping;
        using var second = recomputing;
        Assert.True(recomputing.ExpansionBytes < keeping.ExpansionBytes);
        using var a = keeping.ExpandAt(theta);
        using var b = recomputing.ExpandAt(theta);
        var rows = stack([ones_like(theta), theta]);
        Assert.True(a.Gradient.equal(b.Gradient).all().ToBoolean());
        Assert.True(a.HessianTimes(rows).equal(b.HessianTimes(rows)).all().ToBoolean());
        Assert.True(a.ThirdDerivative(theta, theta).equal(b.ThirdDerivative(theta, theta)).all().ToBoolean());
    }

    [Theory, InlineData("mlp"), InlineData("cnn"), InlineData("resnet"), InlineData("transformer")]
    public void The_size_of_tiles_does_not_matter(string name)
    {
        using var scope = NewDisposeScope();
        var (_, small, theta) = Pair(name, 17, ScalarType.Float64, tile: 2);
        var (_, large, _) = Pair(name, 17, ScalarType.Float64, tile: 17);
        using var first = small;
        using var second = large;
        using var a = small.ExpandAt(theta);
        using var b = large.ExpandAt(theta);
        Equal(a.HessianTimes(theta), b.HessianTimes(theta), 1e-12);
        Equal(a.ThirdDerivative(theta, theta), b.ThirdDerivative(theta, theta), 1e-12);
    }

    [Fact]
    public void Several_threads_give_the_derivatives_of_one_and_the_same_bits_each_time()
    {
        using var scope = NewDisposeScope();
        var threads = get_num_threads();
        try
        {
            set_num_threads(1);
            var (_, alone, theta) = Pair("cnn", 17, ScalarType.Float64);
            set_num_threads(3);
            var (_, together, _) = Pair("cnn", 17, ScalarType.Float64);
            using var first = alone;
            using var second = together;
            using var a = alone.ExpandAt(theta);
            using var b = together.ExpandAt(theta);
            Equal(a.Gradient, b.Gradient, 1e-12);
            Equal(a.ThirdDerivative(theta, theta), b.ThirdDerivative(theta, theta), 1e-12);
            Assert.True(b.HessianTimes(theta).equal(b.HessianTimes(theta)).all().ToBoolean());
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Theory, InlineData("mlp"), InlineData("cnn"), InlineData("transformer")]
    public void Recompilation_by_the_runtime_does_not_change_the_result(string name)
    {
        using var scope = NewDisposeScope();
        foreach (var precision in new[] { ScalarType.Float32, ScalarType.Float64 })
        {
            var (_, taylor, theta) = Pair(name, 5, precision);
            using var owned = taylor;
            var (loss, gradient) = taylor.LossAndGradient(theta);
            // Methods are compiled again after thirty calls, in the background, within a tenth of a second.
            for (var i = 0; i < 120; i++)
            {
                using var inner = NewDisposeScope();
                var (again, other) = taylor.LossAndGradient(theta);
                Assert.Equal(loss, again);
                Assert.True(other.equal(gradient).all().ToBoolean());
                if (i % 40 == 0) Thread.Sleep(250);
            }
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Losses_and_weight_decay_agree_with_tensor_operations(bool binary)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2, CPU);
        var model = new Mlp([6, 5, binary ? 1 : 4], Activation.Softplus);
        var inputs = randn([11, 6], dtype: ScalarType.Float64, generator: generator);
        var targets = binary
            ? (2 * randint(0, 2, [11, 1], generator: generator).to(ScalarType.Float64)) - 1
            : rand([11, 4], dtype: ScalarType.Float64, generator: generator).softmax(1);
        var theta = model.Initial(4);
        var autograd = EmpiricalLoss.Over(
            model.Dimension,
            model.Outputs,
            binary ? EmpiricalLoss.Logistic : EmpiricalLoss.CrossEntropy,
            inputs,
            targets,
            4,
            weightDecay: 0.1);
        using var taylor = TaylorLoss.Over(
            model.Dimension,
            (x, y) => binary
                ? Losses.Logistic(model.Outputs(model.Layout.Values(), x), Value.Constant(y))
                : Losses.CrossEntropy(model.Outputs(model.Layout.Values(), x), Value.Constant(y)),
            inputs,
            targets,
            weightDecay: 0.1);
        using var a = autograd.ExpandAt(theta);
        using var b = taylor.ExpandAt(theta);
        Equal(a.Loss, b.Loss, 1e-13);
        Equal(a.Gradient, b.Gradient, 1e-11);
        Equal(a.HessianTimes(theta), b.HessianTimes(theta), 1e-11);
        Equal(a.ThirdDerivative(theta, theta), b.ThirdDerivative(theta, theta), 1e-11);
    }

    [Fact]
    public void A_primitive_that_the_engine_lacks_is_named()
    {
        using var scope = NewDisposeScope();
        var x = zeros([2, 3], dtype: ScalarType.Float64);
        var error = Assert.Throws<ForeignPrimitiveException>(() => TaylorLoss.Over(
            3,
            (_, _) => Value.Of(
                new Foreign("cosine", values => values[0].cos(), values => values[0].Shape), Value.Parameter(0, [3])).Total(),
            x,
            x));
        Assert.Equal("the engine has no primitive 'cosine'", error.Message);
    }

    [Fact]
    public void An_expansion_disposed_twice_frees_its_memory_once()
    {
        using var scope = NewDisposeScope();
        var (_, taylor, theta) = Pair("mlp", 5, ScalarType.Float64);
        using var owned = taylor;
        var first = taylor.ExpandAt(theta);
        first.Dispose();
        first.Dispose();
        using var a = taylor.ExpandAt(theta);
        var product = a.HessianTimes(theta);
        using var b = taylor.ExpandAt(2 * theta);
        Assert.True(a.HessianTimes(theta).equal(product).all().ToBoolean());
    }

    [Fact]
    public void No_memory_is_leaked()
    {
        var (_, taylor, theta) = Pair("cnn", 5, ScalarType.Float64);
        using var owned = taylor;
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var i = 0; i < 10; i++)
        {
            using var scope = NewDisposeScope();
            using var expansion = taylor.ExpandAt(theta);
            expansion.HessianTimes(stack([theta, theta]));
            expansion.ThirdDerivative(theta, expansion.Gradient);
            taylor.LossAndGradient(theta);
        }
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static void Equal(double expected, double actual, double tolerance) =>
        Assert.InRange(Math.Abs(actual - expected) / Math.Max(Math.Abs(expected), 1e-300), 0, tolerance);

    private static void Equal(Tensor expected, Tensor actual, double tolerance) =>
        Assert.InRange((actual - expected).norm().ToDouble() / expected.norm().ToDouble(), 0, tolerance);

    private static (DifferentiableSum Autograd, TaylorLoss Taylor, Tensor Theta) Pair(
        string name, int n, ScalarType precision, int? tile = null, long budget = 1 << 30)
    {
        // The same numbers in either precision.
        using var generator = new Generator(5, CPU);
        Model model = name switch
        {
            "mlp" => new Mlp([12, 9, 7, 3], Activation.Tanh),
            "cnn" => new Cnn(3, 8, 3, Activation.Swish, 16),
            "resnet" or "resnet of whole images" => new ResNet18(3, 3, Activation.Swish),
            _ => new Transformer(50, 3, Activation.GeluTanh, Width: 16, FeedForward: 24),
        };
        var inputs = name switch
        {
            "mlp" => randn([n, 12], dtype: ScalarType.Float64, generator: generator).to(precision),
            "cnn" or "resnet" => randn([n, 3, 8, 8], dtype: ScalarType.Float64, generator: generator).to(precision),
            // On 8 by 8 images the last stage normalises single pixels, which float32 cannot do to 1e-5.
            "resnet of whole images" => randn([n, 3, 32, 32], dtype: ScalarType.Float64, generator: generator).to(precision),
            _ => Tokens(n, generator),
        };
        var targets = randn([n, 3], dtype: ScalarType.Float64, generator: generator).to(precision);
        var theta = model.Initial(1);
        theta = (theta + (0.05 * randn(theta.shape, dtype: ScalarType.Float64, generator: generator))).to(precision);
        return (
            EmpiricalLoss.Over(model.Dimension, model.Outputs, EmpiricalLoss.SquaredError, inputs, targets, 8),
            TaylorLoss.Over(
                model.Dimension,
                (x, y) => Losses.SquaredError(model.Outputs(model.Layout.Values(), x), Value.Constant(y)),
                inputs,
                targets,
                budget,
                tile: tile),
            theta);

        static Tensor Tokens(int n, Generator generator)
        {
            var tokens = randint(1, 50, [n, 9], dtype: ScalarType.Int64, generator: generator);
            if (n > 1) tokens[1, 5..] = 0;
            return tokens;
        }
    }
}
