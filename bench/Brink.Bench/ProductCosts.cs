using Brink.Native;
using Brink.Objectives;
using Brink.Taylor;
using Brink.Zoo.Models;

namespace Brink.Bench;

/// <summary>Costs of the two engines on the paper's four models: an expansion, a Hessian product and a third derivative, compared
/// with autograd with a retained graph in the same process, and the difference of their results.</summary>
internal static class ProductCosts
{
    private static readonly ScalarType[] Precisions = [ScalarType.Float32, ScalarType.Float64];

    public static IEnumerable<ProductCostsRow> Rows()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(0, CPU);
        var tokens = randint(1, 8000, [100, 16], dtype: ScalarType.Int64, generator: generator);
        IEnumerable<ProductCostsRow>[] models =
        [
            Both("mlp", new Mlp([3072, 200, 200, 10], Activation.Tanh), Images(1000, 3072), 1000, 10),
            Both("cnn", new Cnn(3, 32, 10, Activation.Swish), Images(500, 3, 32, 32), 100, 10),
            Both("transformer", new Transformer(8000, 1, Activation.GeluTanh), tokens, 25, 1),
            Both("resnet18", new ResNet18(3, 10, Activation.Swish), Images(64, 3, 32, 32), 32, 10),
        ];
        foreach (var row in models.SelectMany(rows => rows)) yield return row;

        Tensor Images(params long[] shape) => randn(shape, generator: generator);
    }

    private static IEnumerable<ProductCostsRow> Both(string name, Model model, Tensor inputs, int microBatch, int outputs)
    {
        using var generator = new Generator(1, CPU);
        var targets = randn([inputs.shape[0], outputs], dtype: ScalarType.Float64, generator: generator);
        var theta = model.Initial(0);
        theta += 0.01 * randn(theta.shape, dtype: ScalarType.Float64, generator: generator);
        var u = randn(theta.shape, dtype: ScalarType.Float64, generator: generator);
        u /= u.norm();
        foreach (var precision in Precisions) yield return Row(name, model, inputs, targets, microBatch, theta, u, precision);
    }

    private static ProductCostsRow Row(
        string name, Model model, Tensor inputs, Tensor exactTargets, int microBatch, Tensor exactTheta, Tensor exactU,
        ScalarType precision)
    {
        using var scope = NewDisposeScope();
        var (theta, u, targets) = (exactTheta.to(precision), exactU.to(precision), exactTargets.to(precision));
        var x = inputs.is_floating_point() ? inputs.to(precision) : inputs;
        var autograd = Autograd(model, x, targets, microBatch);
        using var taylor = TaylorLoss.Over(model.Dimension, (a, b) => Loss(model, a, b), x, targets);
        autograd.ExpandAt(theta).Dispose();   // warms up libtorch
        var before = ProcessMemory.AllocatedBytes();
        using var theirs = autograd.ExpandAt(theta);
        var graph = ProcessMemory.AllocatedBytes() - before;
        using var ours = taylor.ExpandAt(theta);
        var other = u.flip(0).contiguous();
        var times = Alternating.Medians(
            3, 41,
            TimeSpan.FromSeconds(6),
            () => autograd.LossAndGradient(theta).Gradient.Dispose(),
            () => taylor.LossAndGradient(theta).Gradient.Dispose(),
            () => taylor.ExpandAt(theta).Dispose(),
            () => ours.HessianTimes(u).Dispose(),
            // Along the direction of the preceding product.
            () => ours.ThirdDerivative(u, u).Dispose(),
            () => ours.ThirdDerivative(other, other).Dispose(),
            () => theirs.HessianTimes(u).Dispose(),
            () => theirs.ThirdDerivative(u, u).Dispose());
        return new(
            name, precision == ScalarType.Float32 ? "float32" : "float64",
            times[0], times[1], times[2], times[3], times[4], times[5], times[6], times[7],
            taylor.ExpansionBytes / (double)(1 << 20),
            graph / (double)(1 << 20),
            WorstError(model, inputs, exactTargets, microBatch, exactTheta, exactU, ours, u));
    }

    /// <summary>Largest relative error of the gradient, a product and a third derivative, compared with autograd in
    /// float64.</summary>
    private static double WorstError(
        Model model, Tensor inputs, Tensor targets, int microBatch, Tensor theta, Tensor u, IExpansion ours, Tensor v)
    {
        using var scope = NewDisposeScope();
        var x = inputs.is_floating_point() ? inputs.to(ScalarType.Float64) : inputs;
        using var exact = Autograd(model, x, targets, microBatch).ExpandAt(theta);
        return new[]
        {
            Error(exact.Gradient, ours.Gradient),
            Error(exact.HessianTimes(u), ours.HessianTimes(v)),
            Error(exact.ThirdDerivative(u, u), ours.ThirdDerivative(v, v)),
        }.Max();

        static double Error(Tensor exact, Tensor value) =>
            ((value.to(ScalarType.Float64) - exact).norm() / exact.norm()).ToDouble();
    }

    private static DifferentiableSum Autograd(Model model, Tensor inputs, Tensor targets, int microBatch) => EmpiricalLoss.Over(
        model.Dimension, model.Outputs, EmpiricalLoss.SquaredError, inputs, targets, microBatch);

    private static Value Loss(Model model, Tensor inputs, Tensor targets) =>
        Losses.SquaredError(model.Outputs(model.Layout.Values(), inputs), Value.Constant(targets));
}

/// <summary>Times in milliseconds.</summary>
/// <param name="Model">Model of the paper, at its size.</param>
/// <param name="Precision">float32 or float64.</param>
/// <param name="AutogradGradient">A plain gradient by autograd.</param>
/// <param name="Gradient">A gradient by the engine, without an expansion.</param>
/// <param name="Expand">The engine's expansion, with its gradient.</param>
/// <param name="Product">One Hessian product of the expansion.</param>
/// <param name="Third">The third derivative along the direction of the preceding product.</param>
/// <param name="ThirdAlone">The third derivative along a new direction.</param>
/// <param name="AutogradProduct">One Hessian product by autograd with a retained graph.</param>
/// <param name="AutogradThird">The third derivative by autograd with a retained graph.</param>
/// <param name="Megabytes">Memory of the engine's expansion, in MiB.</param>
/// <param name="AutogradMegabytes">Memory of the retained graph of autograd, in MiB.</param>
/// <param name="WorstError">Largest relative error of gradient, product and third derivative, compared with autograd in
/// float64.</param>
internal sealed record ProductCostsRow(
    string Model,
    string Precision,
    double AutogradGradient,
    double Gradient,
    double Expand,
    double Product,
    double Third,
    double ThirdAlone,
    double AutogradProduct,
    double AutogradThird,
    double Megabytes,
    double AutogradMegabytes,
    double WorstError);
