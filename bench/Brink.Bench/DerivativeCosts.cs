using Brink.Lab;
using Brink.Objectives;
using Brink.Zoo.Models;

namespace Brink.Bench;

/// <summary>What a gradient, an expansion, a Hessian product and a third derivative cost, in milliseconds and
/// in gradients; beside them the product and the third derivative from nothing, as code without expansions
/// pays for them.</summary>
internal static class DerivativeCosts
{
    public static void Run()
    {
        Console.WriteLine(
            "                              gradient   expand  product    third"
                + " | from nothing: product    third");
        var quickstart = Presets.Named("quickstart").Experiment;
        using var problem = new Problem(quickstart);
        foreach (var precision in new[] { ScalarType.Float64, ScalarType.Float32 })
            Row($"quickstart {precision}", problem.Objective(precision), problem.Initial().to(precision));

        // The size of the paper's MLP: 1,000 images of CIFAR-10's shape, here random ones.
        var mlp = new Mlp([3072, 200, 200, 10], Activation.Tanh);
        using var generator = new Generator(0, CPU);
        var (inputs, targets) = (
            randn([1000, 3072], generator: generator),
            randn([1000, 10], generator: generator));
        Row(
            "MLP 3072-200-200-10 Float32",
            EmpiricalLoss.Over(mlp.Dimension, mlp.Outputs, EmpiricalLoss.SquaredError, inputs, targets, 1000),
            mlp.Initial(0).to(ScalarType.Float32));
    }

    private static void Row(string name, IObjective objective, Tensor theta)
    {
        using var scope = NewDisposeScope();
        var u = ones_like(theta) / Math.Sqrt(objective.Dimension);
        using var expansion = objective.ExpandAt(theta);
        var times = Alternating.Medians(
            101,
            () => objective.LossAndGradient(theta),
            () => objective.ExpandAt(theta).Dispose(),
            () => expansion.HessianTimes(u),
            () => expansion.ThirdDerivative(u, u),
            () =>
            {
                using var anew = objective.ExpandAt(theta);
                anew.HessianTimes(u);
            },
            () =>
            {
                using var anew = objective.ExpandAt(theta);
                anew.ThirdDerivative(u, u);
            });
        Console.WriteLine($"{name,-28} {Cells(times, time => $"{time,6:f2} ms")}");
        Console.WriteLine($"{"  in gradients",-28} {Cells(times, time => $"{time / times[0],9:f2}")}");
    }

    private static string Cells(double[] times, Func<double, string> cell) =>
        $"{string.Join(" ", times[..4].Select(cell))} |               "
            + $"{string.Join(" ", times[4..].Select(cell))}";
}
