using Brink.Lab;
using Brink.Objectives;
using Brink.Zoo.Models;

namespace Brink.Bench;

/// <summary>Cost of a gradient, an expansion, a Hessian product and a third derivative, in milliseconds and in
/// gradients. The product and the third derivative are also timed with a new expansion each, as in code without
/// expansions.</summary>
internal static class DerivativeCosts
{
    // Precision of the descent, and of the tracked phase.
    private static readonly ScalarType[] Precisions = [ScalarType.Float32, ScalarType.Float64];

    public static IReadOnlyList<DerivativeCostsRow> Rows()
    {
        using var scope = NewDisposeScope();
        var quickstart = Presets.Named("quickstart").Experiment with { Engine = DerivativeEngine.Autograd };
        using var problem = new Problem(quickstart);
        using var generator = new Generator(0, CPU);
        var tokens = randint(1, 8000, [100, 16], dtype: ScalarType.Int64, generator: generator);
        return
        [
            .. Precisions.Select(precision => Row("quickstart", problem.Objective(precision), problem.Initial().to(precision))),
            // The paper's four models, on random data of the shapes of CIFAR-10 and SST-2.
            .. Images("MLP 3072-200-200-10, 1,000", new Mlp([3072, 200, 200, 10], Activation.Tanh), 1000, [3072], 1000),
            .. Images("CNN 32 filters, 500", new Cnn(3, 32, 10, Activation.Swish), 500, [3, 32, 32], 100),
            .. Images("ResNet-18 width 16, 64", new ResNet18(3, 10, Activation.Swish), 64, [3, 32, 32], 32),
            .. Both(
                "Transformer, 100 of 16 tokens",
                new Transformer(8000, 1, Activation.GeluTanh),
                tokens,
                randn([100, 1], generator: generator),
                25),
        ];
    }

    private static IEnumerable<DerivativeCostsRow> Images(string name, Model model, int samples, long[] shape, int microBatch)
    {
        using var generator = new Generator(0, CPU);
        return Both(
            name,
            model,
            randn([samples, .. shape], generator: generator),
            randn([samples, 10], generator: generator),
            microBatch);
    }

    private static DerivativeCostsRow[] Both(string name, Model model, Tensor inputs, Tensor targets, int microBatch) =>
    [
        .. Precisions.Select(precision =>
        {
            var x = inputs.dtype == ScalarType.Int64 ? inputs : inputs.to(precision);
            var objective = EmpiricalLoss.Over(
                model.Dimension, model.Outputs, EmpiricalLoss.SquaredError, x, targets.to(precision), microBatch);
            return Row(name, objective, model.Initial(0).to(precision) + 0.01);
        }),
    ];

    private static DerivativeCostsRow Row(string name, IObjective objective, Tensor theta)
    {
        using var scope = NewDisposeScope();
        var u = ones_like(theta) / Math.Sqrt(objective.Dimension);
        using var expansion = objective.ExpandAt(theta);
        var times = Alternating.Medians(
            7, 101,
            TimeSpan.FromSeconds(15),
            () => objective.LossAndGradient(theta),
            () => objective.ExpandAt(theta).Dispose(),
            () => expansion.HessianTimes(u),
            () => expansion.ThirdDerivative(u, u),
            () =>
            {
                using var fresh = objective.ExpandAt(theta);
                fresh.HessianTimes(u);
            },
            () =>
            {
                using var fresh = objective.ExpandAt(theta);
                fresh.ThirdDerivative(u, u);
            });
        var gradients = times.Select(time => time / times[0]).ToArray();
        return new(
            name, $"{theta.dtype}", times[0], gradients[1], gradients[2], gradients[3], gradients[4], gradients[5]);
    }
}

/// <summary>Milliseconds of a gradient; the other costs are in gradients.</summary>
internal sealed record DerivativeCostsRow(
    string Model,
    string Precision,
    double GradientMilliseconds,
    double Expansion,
    double Product,
    double Third,
    double ProductFromNothing,
    double ThirdFromNothing);
