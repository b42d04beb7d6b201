using Brink.Objectives;
using Brink.Zoo.Models;

namespace Brink.Tests.Objectives;

public class DerivativeTests
{
    // Central differences with step h err by h^2 and by eps/h: at 1e-5 both are below 1e-9 here.
    private const double H = 1e-5, Tolerance = 1e-6;

    public static TheoryData<Activation> Activations => [.. Enum.GetValues<Activation>()];

    [Theory, MemberData(nameof(Activations))]
    public void Gradient_is_the_central_difference_of_the_loss(Activation activation)
    {
        using var scope = NewDisposeScope();
        var (objective, theta, u, _) = Case(activation);
        var slope = (objective.Loss(theta + (H * u)) - objective.Loss(theta - (H * u))) / (2 * H);
        var (loss, gradient) = objective.LossAndGradient(theta);
        Assert.Equal(slope, gradient.dot(u).ToDouble(), Tolerance * gradient.norm().ToDouble());
        Assert.Equal(objective.Loss(theta), loss, 15);
    }

    [Theory, MemberData(nameof(Activations))]
    public void Hessian_product_is_the_central_difference_of_the_gradient(Activation activation)
    {
        using var scope = NewDisposeScope();
        var (objective, theta, u, _) = Case(activation);
        using var expansion = objective.ExpandAt(theta);
        var difference =
            (objective.LossAndGradient(theta + (H * u)).Gradient - objective.LossAndGradient(theta - (H * u)).Gradient) / (2 * H);
        Assert.InRange(Networks.Relative(expansion.HessianTimes(u), difference), 0, Tolerance);
    }

    [Theory, MemberData(nameof(Activations))]
    public void Third_derivative_is_the_central_difference_of_the_Hessian_product(Activation activation)
    {
        using var scope = NewDisposeScope();
        var (objective, theta, u, v) = Case(activation);
        using var expansion = objective.ExpandAt(theta);
        using var ahead = objective.ExpandAt(theta + (H * u));
        using var behind = objective.ExpandAt(theta - (H * u));
        // D3L(u,v) as a vector is the derivative of H v along u.
        var difference = (ahead.HessianTimes(v) - behind.HessianTimes(v)) / (2 * H);
        Assert.InRange(Networks.Relative(expansion.ThirdDerivative(u, v), difference), 0, Tolerance);
    }

    [Fact]
    public void Hessian_and_third_derivative_are_symmetric()
    {
        using var scope = NewDisposeScope();
        var (objective, theta, u, v) = Case(Activation.Tanh);
        using var expansion = objective.ExpandAt(theta);
        Assert.Equal(u.dot(expansion.HessianTimes(v)).ToDouble(), v.dot(expansion.HessianTimes(u)).ToDouble(), 13);
        Assert.InRange(Networks.Relative(expansion.ThirdDerivative(u, v), expansion.ThirdDerivative(v, u)), 0, 1e-12);
    }

    [Fact]
    public void The_derivatives_of_a_cubic_equal_their_closed_form()
    {
        // L = x^2 y + 3 x: H = [[2y, 2x], [2x, 0]]; D3(u,v) = (2 (u1 v2 + u2 v1), 2 u1 v1).
        using var scope = NewDisposeScope();
        var cubic = new DifferentiableSum(2, ScalarType.Float64, 1, (t, _) => (t[0] * t[0] * t[1]) + (3 * t[0]));
        using var expansion = cubic.ExpandAt(tensor(new[] { 2.0, 5.0 }));
        Assert.Equal(26.0, expansion.Loss);
        Assert.Equal([23.0, 4.0], expansion.Gradient.data<double>().ToArray());
        Assert.Equal([10 + 12.0, 4.0], expansion.HessianTimes(tensor(new[] { 1.0, 3.0 })).data<double>().ToArray());
        Assert.Equal(
            [2 * (-1.0 + 6), 4.0],
            expansion.ThirdDerivative(tensor(new[] { 1.0, 3.0 }), tensor(new[] { 2.0, -1.0 })).data<double>().ToArray());
    }

    [Fact]
    public void A_loss_that_does_not_depend_on_theta_has_derivative_zero()
    {
        using var scope = NewDisposeScope();
        var linear = new DifferentiableSum(3, ScalarType.Float64, 1, (t, _) => t.sum());
        using var expansion = linear.ExpandAt(ones(3, dtype: ScalarType.Float64));
        Assert.Equal([1.0, 1, 1], expansion.Gradient.data<double>().ToArray());
        Assert.Equal(0.0, expansion.HessianTimes(ones(3, dtype: ScalarType.Float64)).norm().ToDouble());
        Assert.Equal(
            0.0, expansion.ThirdDerivative(ones(3, dtype: ScalarType.Float64), ones(3, dtype: ScalarType.Float64)).norm().ToDouble());
        var quadratic = new DifferentiableSum(3, ScalarType.Float64, 1, (t, _) => t.square().sum());
        using var second = quadratic.ExpandAt(ones(3, dtype: ScalarType.Float64));
        Assert.Equal(0.0, second.ThirdDerivative(ones(3, dtype: ScalarType.Float64), ones(3, dtype: ScalarType.Float64)).norm().ToDouble());
        var constant = new DifferentiableSum(3, ScalarType.Float64, 1, (_, _) => ones(1, dtype: ScalarType.Float64).sum());
        Assert.Equal(0.0, constant.LossAndGradient(ones(3, dtype: ScalarType.Float64)).Gradient.norm().ToDouble());
    }

    [Fact]
    public void Float32_products_agree_with_float64()
    {
        using var scope = NewDisposeScope();
        var (objective, theta, u, v) = Case(Activation.Tanh);
        var single = Networks.Loss(Networks.Tiny, precision: ScalarType.Float32);
        using var exact = objective.ExpandAt(theta);
        using var rounded = single.ExpandAt(theta.to(ScalarType.Float32));
        Assert.InRange(Networks.Relative(rounded.HessianTimes(u.to(ScalarType.Float32)), exact.HessianTimes(u)), 0, 1e-5);
        Assert.InRange(
            Networks.Relative(rounded.ThirdDerivative(u.to(ScalarType.Float32), v.to(ScalarType.Float32)), exact.ThirdDerivative(u, v)),
            0,
            1e-4);
    }

    private static (DifferentiableSum Objective, Tensor Theta, Tensor U, Tensor V) Case(Activation activation)
    {
        var model = Networks.Tiny with { Activation = activation };
        // Non-zero biases: otherwise a sample whose units are all zero is at the kink of relu in the next layer
        // exactly.
        var theta = model.Initial(3) + (0.1 * Networks.Uniform(4, model.Dimension));
        var (u, v) = (Networks.Uniform(1, model.Dimension), Networks.Uniform(2, model.Dimension));
        return (Networks.Loss(model), theta, u / u.norm(), v / v.norm());
    }
}
