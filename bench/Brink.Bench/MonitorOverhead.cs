using System.Diagnostics;
using Brink.Monitoring;
using static Brink.Bench.TrainedModules;

namespace Brink.Bench;

/// <summary>Overhead of a stability monitor in training, on the paper's MLP and CNN in minibatches of 100: seconds of the same
/// steps with and without it, a hundred of each in turn. The monitor's clock stops while the other network trains. Two rows are of a
/// monitor that measures the batches too, and of one without second derivatives.</summary>
internal static class MonitorOverhead
{
    // Shift: from the first sample of a measured batch to that of the next.
    private const int Samples = 500, Batch = 100, Turn = 100, Shift = 37;

    public static IEnumerable<MonitorOverheadRow> Rows()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var x = randn([Samples, 3, 32, 32], generator: generator);
        var y = randn([Samples, 10], generator: generator);
        yield return Of("MLP 3072-200-200-10, SGD with momentum", 15_000, x.flatten(1), y, Mlp, all => optim.SGD(all, 0.01, momentum: 0.9));
        yield return Of(
            "the same, with the batches of the training", 15_000, x.flatten(1), y, Mlp, all => optim.SGD(all, 0.01, momentum: 0.9),
            ofBatches: true);
        yield return Of(
            "the same, by losses alone", 15_000, x.flatten(1), y, Mlp, all => optim.SGD(all, 0.01, momentum: 0.9),
            budget: new(MaxProducts: 0));
        yield return Of("MLP 3072-200-200-10, Adam", 10_000, x.flatten(1), y, Mlp, all => optim.Adam(all, 1e-4));
        yield return Of("CNN of 32 filters, SGD with momentum", 8000, x, y, Cnn, all => optim.SGD(all, 0.01, momentum: 0.9));
    }

    private static MonitorOverheadRow Of(
        string name,
        int steps,
        Tensor x,
        Tensor y,
        Func<nn.Module<Tensor, Tensor>> create,
        Func<IEnumerable<TorchSharp.Modules.Parameter>, optim.Optimizer> optimizer,
        StabilityBudget? budget = null,
        bool ofBatches = false)
    {
        using var plain = create();
        using var plainDescent = optimizer(plain.parameters());
        using var watched = create();
        using var watchedDescent = optimizer(watched.parameters());
        Step(plain, plainDescent, 0);   // warms up libtorch
        Step(watched, watchedDescent, 0);
        var (clock, next) = (new HaltedClock(), 0);
        using var monitor = new StabilityMonitor(
            watched, watchedDescent, () => (watched.forward(x) - y).square().sum(1).mean(), budget, clock,
            trainingBatch: ofBatches ? () => BatchLoss(watched, (next += Shift) % (Samples - Batch)) : null);
        var (without, readings) = (new Stopwatch(), 0);
        for (var step = 0; step < steps; step += Turn)
        {
            without.Start();
            for (var i = 0; i < Turn; i++) Step(plain, plainDescent, step + i);
            without.Stop();
            clock.Time.Start();
            for (var i = 0; i < Turn; i++)
            {
                Step(watched, watchedDescent, step + i);
                if (monitor.AfterStep() is not null) readings++;
            }
            clock.Time.Stop();
        }
        return new(
            name,
            steps,
            Batch,
            without.Elapsed.TotalSeconds,
            clock.Time.Elapsed.TotalSeconds,
            clock.Time.Elapsed / without.Elapsed,
            readings,
            monitor.Last!.Overhead);

        void Step(nn.Module<Tensor, Tensor> module, optim.Optimizer descent, int step)
        {
            using var scope = NewDisposeScope();
            descent.zero_grad();
            BatchLoss(module, step * Batch % Samples).backward();
            descent.step();
        }

        Tensor BatchLoss(nn.Module<Tensor, Tensor> module, int start) =>
            (module.forward(x.narrow(0, start, Batch)) - y.narrow(0, start, Batch)).square().sum(1).mean();
    }

    private sealed class HaltedClock : TimeProvider
    {
        public Stopwatch Time { get; } = new();

        public override long TimestampFrequency => Stopwatch.Frequency;

        public override long GetTimestamp() => Time.ElapsedTicks;
    }
}

/// <summary>Seconds without and with the monitor; the share of the time that the monitor reports at its last reading.</summary>
internal sealed record MonitorOverheadRow(
    string Model, int Steps, int Batch, double PlainSeconds, double Seconds, double Ratio, int Readings, double OwnShare);
