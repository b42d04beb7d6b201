using Brink.Objectives;
using Brink.Zoo.Models;

namespace Brink.Tests.Objectives;

/// <summary>Every model with every loss it is used with: all derivatives against central differences in
/// float64.</summary>
public class ModelDerivativeTests
{
    private const double H = 1e-5, Tolerance = 1e-6;

    public static TheoryData<string> Names =>
    [
        "cnn, squared error", "cnn, cross-entropy", "resnet, squared error", "resnet, cross-entropy",
        "transformer, squared error", "transformer, logistic", "mlp, cross-entropy", "mlp, logistic", "mlp, weight decay",
    ];

    [Theory, MemberData(nameof(Names))]
    public void Gradient_product_and_third_derivative_are_central_differences(string name)
    {
        using var scope = NewDisposeScope();
        var (model, objective) = Case(name, ScalarType.Float64);
        var (theta, u) = Point(model);
        using var expansion = objective.ExpandAt(theta);
        using var ahead = objective.ExpandAt(theta + (H * u));
        using var behind = objective.ExpandAt(theta - (H * u));
        var slope = (ahead.Loss - behind.Loss) / (2 * H);
        Assert.Equal(slope, expansion.Gradient.dot(u).ToDouble(), Tolerance * expansion.Gradient.norm().ToDouble());
        Assert.InRange(Networks.Relative(expansion.HessianTimes(u), (ahead.Gradient - behind.Gradient) / (2 * H)), 0, Tolerance);
        Assert.InRange(
            Networks.Relative(expansion.ThirdDerivative(u, u), (ahead.HessianTimes(u) - behind.HessianTimes(u)) / (2 * H)),
            0,
            // One unit vector moves all 700,000 parameters of the ResNet: rounding of the difference is larger there.
            name.StartsWith("resnet", StringComparison.Ordinal) ? 1e-5 : Tolerance);
    }

    [Theory, MemberData(nameof(Names))]
    public void Float32_agrees_with_float64_for_any_micro_batch(string name)
    {
        // 21 samples in batches of 13 and 8: float32 convolutions of these sizes are wrong on some processors
        // unless padded.
        using var scope = NewDisposeScope();
        var (model, exact) = Case(name, ScalarType.Float64);
        var (_, single) = Case(name, ScalarType.Float32, microBatch: 13);
        var (theta, u) = Point(model);
        using var expansion = exact.ExpandAt(theta);
        using var rounded = single.ExpandAt(theta.to(ScalarType.Float32));
        Assert.InRange(Networks.Relative(rounded.Gradient, expansion.Gradient), 0, 1e-4);
        var lower = u.to(ScalarType.Float32);
        Assert.InRange(Networks.Relative(rounded.HessianTimes(lower), expansion.HessianTimes(u)), 0, 1e-4);
        Assert.InRange(Networks.Relative(rounded.ThirdDerivative(lower, lower), expansion.ThirdDerivative(u, u)), 0, 1e-4);
    }

    [Fact]
    public void Numbers_of_parameters_follow_the_formulas()
    {
        const int classes = 10;
        Assert.Equal((32 * 27) + 32 + (32 * 288) + 32 + (classes * 32 * 64) + classes, new Cnn(3, 32, classes, Activation.Swish).Dimension);

        // Stem; then for each stage of width w from v: 9 v w + 9 w w + v w for the first block, 18 w w for
        // the second; 2 for each norm's channel.
        long resnet = (27 * 16) + 32;
        foreach (var (v, w) in new[] { (16, 16), (16, 32), (32, 64), (64, 128) })
            resnet += (9 * v * w) + (9 * w * w) + (v == w ? 0 : (v * w) + (2 * w)) + (18 * w * w) + (4 * 2 * w);
        resnet += (128 * classes) + classes;
        Assert.Equal(resnet, new ResNet18(3, classes, Activation.Swish).Dimension);

        const int d = 64, f = 256;
        var layer = (3 * d * d) + (3 * d) + (d * d) + d + (2 * d) + (f * d) + f + (d * f) + d + (2 * d);
        Assert.Equal((1000 * d) + (64 * d) + (2 * layer) + (2 * d) + 2, new Transformer(1000, 2, Activation.Gelu).Dimension);
    }

    [Fact]
    public void Outputs_start_at_zero_where_the_head_does_and_padding_changes_nothing()
    {
        using var scope = NewDisposeScope();
        var transformer = new Transformer(50, 2, Activation.Gelu, Positions: 9, Width: 8, FeedForward: 12);
        var tokens = Tokens(5, 7);
        Assert.Equal(0, transformer.Outputs(transformer.Initial(0), tokens).abs().max().ToDouble());
        var theta = transformer.Initial(0) + (0.1 * Networks.Uniform(4, transformer.Dimension));
        var longer = cat([tokens, zeros(5, 2, dtype: ScalarType.Int64)], 1);
        // Padding at the end of every row is cut off; in the middle of a batch it is masked.
        Assert.Equal(
            transformer.Outputs(theta, tokens).data<double>().ToArray(), transformer.Outputs(theta, longer).data<double>().ToArray());
        var mixed = transformer.Outputs(theta, cat([longer, Tokens(1, 9)]))[..5];
        Assert.InRange(Networks.Relative(mixed, transformer.Outputs(theta, tokens)), 0, 1e-13);
        var resnet = new ResNet18(3, 4, Activation.Swish);
        Assert.Equal(0, resnet.Outputs(resnet.Initial(0), Networks.Uniform(1, 2, 3, 8, 8)).abs().max().ToDouble());
    }

    [Fact]
    public void Losses_follow_their_formulas()
    {
        using var scope = NewDisposeScope();
        var f = tensor(new[,] { { 1.0, -2, 0.5 } });
        var smoothed = tensor(new[,] { { 0.8, 0.1, 0.1 } });
        var log = Math.Log(Math.Exp(1) + Math.Exp(-2) + Math.Exp(0.5));
        Assert.Equal((0.8 * (log - 1)) + (0.1 * (log + 2)) + (0.1 * (log - 0.5)), EmpiricalLoss.CrossEntropy(f, smoothed).ToDouble(), 14);
        Assert.Equal(
            Math.Log(1 + Math.Exp(1.5)), EmpiricalLoss.Logistic(tensor(new[,] { { 1.5 } }), tensor(new[,] { { -1.0 } })).ToDouble(), 14);
        Assert.Equal(
            0.04 + 0.01 + 4,
            EmpiricalLoss.SquaredError(tensor(new[,] { { 1.2, 0.1, -2 } }), tensor(new[,] { { 1.0, 0, 0 } })).ToDouble(),
            14);
    }

    [Fact]
    public void Weight_decay_adds_half_lambda_times_the_square()
    {
        using var scope = NewDisposeScope();
        var (model, decayed) = Case("mlp, weight decay", ScalarType.Float64);
        var (theta, u) = Point(model);
        var plain = Networks.Loss(Networks.Tiny, samples: 21);
        Assert.Equal(plain.Loss(theta) + (0.3 / 2 * theta.square().sum().ToDouble()), decayed.Loss(theta), 12);
        using var with = decayed.ExpandAt(theta);
        using var without = plain.ExpandAt(theta);
        Assert.InRange(Networks.Relative(with.HessianTimes(u) - without.HessianTimes(u), 0.3 * u), 0, 1e-12);
    }

    [Fact]
    public void Invalid_shapes_are_refused_with_a_message()
    {
        using var scope = NewDisposeScope();
        static void Refuses(string message, Model model, Tensor inputs) =>
            Assert.Contains(
                message, Assert.Throws<ArgumentException>(() => model.Outputs(model.Initial(0), inputs)).Message, StringComparison.Ordinal);
        Refuses(
            "Filters is 20; it must be a positive multiple of 16",
            new Cnn(3, 8, 2, Activation.Tanh, Filters: 20),
            zeros(1, 3, 8, 8, dtype: ScalarType.Float64));
        Refuses("multiple of 4", new Cnn(3, 6, 2, Activation.Tanh), zeros(1, 3, 6, 6, dtype: ScalarType.Float64));
        Refuses(
            "must be a multiple of 16, the number of groups",
            new ResNet18(3, 2, Activation.Tanh, Width: 24),
            zeros(1, 3, 8, 8, dtype: ScalarType.Float64));
        Refuses("must be a multiple of 3, the number of heads", new Transformer(5, 2, Activation.Tanh, Heads: 3), Tokens(1, 3));
        Refuses(
            "the tokens range from 0 to 49; the vocabulary has 0 to 19",
            new Transformer(20, 2, Activation.Tanh),
            arange(50, dtype: ScalarType.Int64).view(1, 50));
        Refuses("the model takes at most 4", new Transformer(50, 2, Activation.Tanh, Positions: 4), Tokens(1, 5));
    }

    private static (Tensor Theta, Tensor U) Point(Model model)
    {
        // Away from the initial point: zero heads and zero biases would hide most errors.
        var theta = model.Initial(3) + (0.1 * Networks.Uniform(4, model.Dimension));
        var u = Networks.Uniform(1, model.Dimension);
        return (theta, u / u.norm());
    }

    private static (Model Model, DifferentiableSum Objective) Case(string name, ScalarType precision, int microBatch = 21)
    {
        const int samples = 21;
        var parts = name.Split(", ");
        var outputs = parts[1] == "logistic" ? 1 : 3;
        var (model, inputs) = parts[0] switch
        {
            "cnn" => ((Model)new Cnn(3, 8, outputs, Activation.Swish, Filters: 16), Networks.Uniform(100, samples, 3, 8, 8)),
            "resnet" => (new ResNet18(3, outputs, Activation.Swish), Networks.Uniform(100, samples, 3, 8, 8)),
            "transformer" => (new Transformer(50, outputs, Activation.Gelu, Positions: 9, Width: 8, FeedForward: 12), Tokens(samples, 7)),
            _ => (Networks.Tiny with { Widths = [5, 7, 6, outputs] }, Networks.Uniform(100, samples, 5)),
        };
        var targets = parts[1] switch
        {
            "cross-entropy" => nn.functional.one_hot(arange(samples, dtype: ScalarType.Int64).remainder(3), 3).to(precision),
            "logistic" => Networks.Uniform(101, samples, 1).sign().to(precision),
            _ => Networks.Uniform(101, samples, outputs).to(precision),
        };
        LossFunction loss = parts[1] switch
        {
            "cross-entropy" => EmpiricalLoss.CrossEntropy,
            "logistic" => EmpiricalLoss.Logistic,
            _ => EmpiricalLoss.SquaredError,
        };
        if (parts[0] != "transformer") inputs = inputs.to(precision);
        return (model, EmpiricalLoss.Over(
            model.Dimension, model.Outputs, loss, inputs, targets, microBatch, weightDecay: parts[1] == "weight decay" ? 0.3 : 0));
    }

    private static Tensor Tokens(int n, int length)
    {
        var tokens = (Networks.Uniform(55, n, length).abs() * 48).to(ScalarType.Int64) + 1;
        if (n > 1) tokens[1, length - 1] = 0;   // one sequence is shorter
        return tokens;
    }
}
