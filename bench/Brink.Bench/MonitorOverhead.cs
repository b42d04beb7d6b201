using System.Diagnostics;
using Brink.Monitoring;

namespace Brink.Bench;

/// <summary>What a stability monitor adds to training, on the paper's MLP and CNN in minibatches of 100: seconds of the same
/// steps with it and without it, in turn.</summary>
internal static class MonitorOverhead
{
    private const int Samples = 500, Batch = 100, Rounds = 1;

    public static void Run()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var x = randn([Samples, 3, 32, 32], generator: generator);
        var y = randn([Samples, 10], generator: generator);
        Of("MLP 3072-200-200-10, SGD with momentum", 15_000, x.flatten(1), y, Mlp, all => optim.SGD(all, 0.01, momentum: 0.9));
        Of("MLP 3072-200-200-10, Adam", 10_000, x.flatten(1), y, Mlp, all => optim.Adam(all, 1e-4));
        Of("CNN of 32 filters, SGD with momentum", 3000, x, y, Cnn, all => optim.SGD(all, 0.01, momentum: 0.9));
    }

    private static void Of(
        string name,
        int steps,
        Tensor x,
        Tensor y,
        Func<nn.Module<Tensor, Tensor>> create,
        Func<IEnumerable<TorchSharp.Modules.Parameter>, optim.Optimizer> optimizer)
    {
        var (ratios, readings) = (new List<double>(), 0);
        for (var round = 0; round < Rounds; round++)
        {
            var (plain, _) = Train(watched: false);
            (var watched, readings) = Train(watched: true);
            ratios.Add(watched / plain);
        }
        Console.WriteLine(
            $"{name}, {steps} steps of {Batch}: {Alternating.Median(ratios):f3} times the time without "
                + $"({ratios.Min():f3} to {ratios.Max():f3}); {readings} readings");

        (double Seconds, int Readings) Train(bool watched)
        {
            using var module = create();
            using var descent = optimizer(module.parameters());
            Step(module, descent, 0);   // libtorch's own start
            using var monitor = watched ? new StabilityMonitor(module, descent, () => (module.forward(x) - y).square().sum(1).mean()) : null;
            var (watch, count) = (Stopwatch.StartNew(), 0);
            for (var step = 0; step < steps; step++)
            {
                Step(module, descent, step);
                if (monitor?.AfterStep() is not null) count++;
            }
            return (watch.Elapsed.TotalSeconds, count);
        }

        void Step(nn.Module<Tensor, Tensor> module, optim.Optimizer descent, int step)
        {
            using var scope = NewDisposeScope();
            var start = step * Batch % Samples;
            descent.zero_grad();
            (module.forward(x.narrow(0, start, Batch)) - y.narrow(0, start, Batch)).square().sum(1).mean().backward();
            descent.step();
        }
    }

    private static TorchSharp.Modules.Sequential Mlp() => nn.Sequential(
        nn.Linear(3072, 200), nn.SiLU(), nn.Linear(200, 200), nn.SiLU(), nn.Linear(200, 10));

    private static TorchSharp.Modules.Sequential Cnn() => nn.Sequential(
        nn.Conv2d(3, 32, 3, padding: 1),
        nn.SiLU(),
        nn.AvgPool2d(2),
        nn.Conv2d(32, 32, 3, padding: 1),
        nn.SiLU(),
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Linear(32 * 8 * 8, 10));
}
