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
        return data;
    }

    [Theory, MemberData(nameof(Models))]
    public void Every_derivative_equals_autograds_in_float64(string name, int n)
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

    private static void Equal(double expected, double actual, double tolerance) =>
        Assert.InRange(Math.Abs(actual - expected) / Math.Max(Math.Abs(expected), 1e-300), 0, tolerance);

    private static void Equal(Tensor expected, Tensor actual, double tolerance) =>
        Assert.InRange((actual - expected).norm().ToDouble() / expected.norm().ToDouble(), 0, tolerance);

    private static (DifferentiableSum Autograd, TaylorLoss Taylor, Tensor Theta) Pair(string name, int n, ScalarType precision)
    {
        using var generator = new Generator(5, CPU);
        Model model = name switch
        {
            "mlp" => new Mlp([12, 9, 7, 3], Activation.Tanh),
            "cnn" => new Cnn(3, 8, 3, Activation.Swish, 16),
            "resnet" => new ResNet18(3, 3, Activation.Swish),
            _ => new Transformer(50, 3, Activation.GeluTanh, Width: 16, FeedForward: 24),
        };
        var inputs = name switch
        {
            "mlp" => randn([n, 12], dtype: precision, generator: generator),
            "cnn" or "resnet" => randn([n, 3, 8, 8], dtype: precision, generator: generator),
            _ => Tokens(n, generator),
        };
        var targets = randn([n, 3], dtype: precision, generator: generator);
        var theta = model.Initial(1).to(precision);
        theta = theta + (0.05 * randn(theta.shape, dtype: precision, generator: generator));
        return (
            EmpiricalLoss.Over(model.Dimension, model.Outputs, EmpiricalLoss.SquaredError, inputs, targets, 8),
            TaylorLoss.Over(
                model.Dimension,
                (x, y) => Losses.SquaredError(model.Outputs(model.Layout.Values(), x), Value.Constant(y)),
                inputs,
                targets),
            theta);

        static Tensor Tokens(int n, Generator generator)
        {
            var tokens = randint(1, 50, [n, 9], dtype: ScalarType.Int64, generator: generator);
            if (n > 1) tokens[1, 5..] = 0;
            return tokens;
        }
    }
}
