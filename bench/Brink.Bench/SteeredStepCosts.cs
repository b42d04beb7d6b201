using Brink.Steering;
using static Brink.Bench.TrainedModules;

namespace Brink.Bench;

/// <summary>A training step by an optimizer, and by the same optimizer steered, while nothing happens: the steps of both in
/// turn.</summary>
internal static class SteeredStepCosts
{
    private const int Rounds = 600;

    public static IEnumerable<SteeredStepCostsRow> Rows()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var x = randn([500, 3, 32, 32], generator: generator);
        var y = randn([500, 10], generator: generator);
        foreach (var batch in new[] { 32, 100, 500 })
        {
            yield return Of("MLP 3072-200-200-10, SGD", batch, x.flatten(1), y, Mlp, all => optim.SGD(all, 1e-3));
            yield return Of("the same, momentum", batch, x.flatten(1), y, Mlp, all => optim.SGD(all, 1e-4, momentum: 0.9));
            yield return Of("the same, Adam", batch, x.flatten(1), y, Mlp, all => optim.Adam(all, 1e-5));
            yield return Of("CNN of 32 filters, momentum", batch, x, y, Cnn, all => optim.SGD(all, 1e-4, momentum: 0.9));
        }
    }

    private static SteeredStepCostsRow Of(
        string name,
        int batch,
        Tensor x,
        Tensor y,
        Func<nn.Module<Tensor, Tensor>> create,
        Func<IEnumerable<TorchSharp.Modules.Parameter>, optim.Optimizer> optimizer)
    {
        using var plain = create();
        using var plainDescent = optimizer(plain.parameters());
        using var kept = create();
        using var keptDescent = optimizer(kept.parameters());
        // One batch, at a rate that never raises the loss: no step is undone.
        using var steering = new SteeredOptimizer(kept, keptDescent);
        var (inputs, targets) = (x.narrow(0, 0, batch), y.narrow(0, 0, batch));
        var undone = 0;
        var times = Alternating.Medians(
            Rounds,
            () =>
            {
                Gradients(plain, plainDescent);
                plainDescent.step();
            },
            () =>
            {
                if (steering.Step(Gradients(kept, keptDescent)) is not null) undone++;
            });
        return new(name, batch, times[0], times[1], times[1] / times[0], undone);

        double Gradients(nn.Module<Tensor, Tensor> module, optim.Optimizer descent)
        {
            descent.zero_grad();
            var loss = (module.forward(inputs) - targets).square().sum(1).mean();
            loss.backward();
            return loss.ToDouble();
        }
    }
}

/// <summary>Milliseconds per step without and with steering; the number of steps that were undone.</summary>
internal sealed record SteeredStepCostsRow(
    string Model, int Batch, double PlainMilliseconds, double Milliseconds, double Ratio, int Undone);
