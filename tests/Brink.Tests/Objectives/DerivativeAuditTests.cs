using Brink.Objectives;
using Brink.Zoo.Models;

namespace Brink.Tests.Objectives;

public class DerivativeAuditTests
{
    private static readonly DerivativeAudit Audit = new();

    // Two linear layers [6,8] and [8,3] with something between them.
    private static readonly (string, long)[] Layers = [("first", 48), ("second", 24)];

    public static TheoryData<Activation> Activations => [.. Enum.GetValues<Activation>()];

    [Theory, MemberData(nameof(Activations))]
    public void Correct_derivatives_pass_the_audit_at_second_order(Activation activation)
    {
        using var scope = NewDisposeScope();
        var model = Networks.Tiny with { Activation = activation };
        var report = Audit.At(Networks.Loss(model), Off(model), Named(model));
        Assert.True(report.Passed, report.Fault);
        Assert.Equal(["gradient", "hessian", "symmetry", "third"], report.Checks.Select(check => check.Quantity));
        if (activation == Activation.Tanh)
            Assert.All(report.Checks.Where(check => check.Order is not null), check => Assert.InRange(check.Order!.Value, 1.8, 2.2));
    }

    [Fact]
    public void The_derivatives_of_a_transformer_pass_the_audit()
    {
        using var scope = NewDisposeScope();
        var model = new Transformer(20, 2, Activation.Gelu, Positions: 5, Width: 8, FeedForward: 12);
        var tokens = (Networks.Uniform(1, 6, 5).abs() * 18).to(ScalarType.Int64) + 1;
        var loss = EmpiricalLoss.Over(model.Dimension, model.Outputs, EmpiricalLoss.SquaredError, tokens, Networks.Uniform(2, 6, 2), 6);
        var report = Audit.At(loss, Off(model), Named(model));
        Assert.True(report.Passed, report.Fault);
        Assert.All(report.Checks, check => Assert.InRange(check.RelativeError, 0, 1e-6));
    }

    [Theory]
    [InlineData("layer_norm")]
    [InlineData("batch_norm")]
    public void The_wrong_third_derivative_of_fused_norms_is_detected_and_located(string norm)
    {
        using var scope = NewDisposeScope();
        var report = Audit.At(Between(h => norm == "layer_norm"
            ? nn.functional.layer_norm(h, [8])
            : nn.functional.batch_norm(h, null, null, training: true)), Theta(), Layers);
        Assert.False(report.Passed);
        Assert.Equal(["gradient", "hessian", "symmetry"], report.Checks.Where(check => check.Passed).Select(check => check.Quantity));
        Assert.Contains("between first and second", report.Fault, StringComparison.Ordinal);
        Assert.Contains("compose", report.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Dropout_fails_the_audit()
    {
        using var scope = NewDisposeScope();
        var report = Audit.At(Between(h => nn.functional.dropout(h, 0.5, training: true)), Theta(), Layers);
        Assert.Contains("dropout", report.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_second_derivative_is_reported_and_does_not_end_the_process()
    {
        using var scope = NewDisposeScope();
        var report = Audit.At(
            Between(h =>
                nn.functional.scaled_dot_product_attention(h.view(1, 1, -1, 8), h.view(1, 1, -1, 8), h.view(1, 1, -1, 8)).view(-1, 8)),
            Theta(),
            Layers);
        Assert.Contains("no such derivative", report.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_gradient_and_a_wrong_Hessian_are_detected()
    {
        // An objective whose gradient is 1.001 times the right one, and one whose products are.
        using var scope = NewDisposeScope();
        var (right, theta) = (Networks.Loss(Networks.Tiny), Off(Networks.Tiny));
        var gradient = Audit.At(new Skewed(right, 1.001, 1, 1), theta, Named(Networks.Tiny));
        Assert.Equal("gradient", gradient.Checks.First(check => !check.Passed).Quantity);
        var product = Audit.At(new Skewed(right, 1, 1.001, 1), theta, Named(Networks.Tiny));
        Assert.Equal("hessian", product.Checks.First(check => !check.Passed).Quantity);
        var third = Audit.At(new Skewed(right, 1, 1, 1.001), theta, Named(Networks.Tiny));
        Assert.Equal(["third"], third.Checks.Where(check => !check.Passed).Select(check => check.Quantity));
    }

    [Fact]
    public void Float32_must_agree_with_float64_up_to_rounding()
    {
        using var scope = NewDisposeScope();
        var (exact, theta) = (Networks.Loss(Networks.Tiny), Off(Networks.Tiny));
        Assert.True(Audit.Precision(Networks.Loss(Networks.Tiny, precision: ScalarType.Float32), exact, theta).Passed);
        var report = Audit.Precision(new Skewed(Networks.Loss(Networks.Tiny, precision: ScalarType.Float32), 1, 1.001, 1), exact, theta);
        Assert.Equal(["hessian"], report.Checks.Where(check => !check.Passed).Select(check => check.Quantity));
        Assert.Contains("brink doctor", report.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void No_tensor_is_leaked()
    {
        using var scope = NewDisposeScope();
        var (loss, theta) = (Networks.Loss(Networks.Tiny), Off(Networks.Tiny));
        var single = Networks.Loss(Networks.Tiny, precision: ScalarType.Float32);
        var bad = Between(h => nn.functional.layer_norm(h, [8]));
        var badTheta = Theta();
        Live.AssertUnchanged(() => Audit.At(loss, theta, Named(Networks.Tiny)));
        Live.AssertUnchanged(() => Audit.At(bad, badTheta, Layers));
        Live.AssertUnchanged(() => Audit.Precision(single, loss, theta));
    }

    private static Tensor Off(Model model) => model.Initial(3) + (0.1 * Networks.Uniform(4, model.Dimension));

    private static (string, long)[] Named(Model model) =>
        [.. model.Layout.Parameters.Select(parameter => (parameter.Name, parameter.Size))];

    private static Tensor Theta() => Networks.Uniform(7, 72);

    private static DifferentiableSum Between(Func<Tensor, Tensor> layer)
    {
        var x = Networks.Uniform(1, 9, 6);
        return new(72, ScalarType.Float64, 1, (theta, _) =>
        {
            var h = layer(x.mm(theta[..48].view(6, 8))).tanh();
            return h.mm(theta[48..].view(8, 3)).square().sum();
        });
    }

    /// <summary>Another objective with each derivative multiplied by a factor.</summary>
    private sealed record Skewed(IObjective Right, double Gradient, double Hessian, double Third) : IObjective
    {
        public long Dimension => Right.Dimension;

        public ScalarType Precision => Right.Precision;

        public double Loss(Tensor theta) => Right.Loss(theta);

        public (double Loss, Tensor Gradient) LossAndGradient(Tensor theta)
        {
            var (loss, gradient) = Right.LossAndGradient(theta);
            return (loss, gradient * Gradient);
        }

        public IExpansion ExpandAt(Tensor theta) => new Expansion(Right.ExpandAt(theta), this);

        private sealed class Expansion(IExpansion right, Skewed by) : IExpansion
        {
            public double Loss => right.Loss;

            public Tensor Gradient { get; } = right.Gradient * by.Gradient;

            public Tensor HessianTimes(Tensor v) => right.HessianTimes(v) * by.Hessian;

            public Tensor ThirdDerivative(Tensor u, Tensor v) => right.ThirdDerivative(u, v) * by.Third;

            public void Dispose() => right.Dispose();
        }
    }
}
