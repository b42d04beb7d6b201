using Brink.Optimizers;

namespace Brink.Bench;

/// <summary>Overhead of batch normalization preconditioning in a training step: the same steps in turn with and without the
/// hooks and the transform.</summary>
internal static class BnpOverhead
{
    private const int Rounds = 200;

    public static IReadOnlyList<BnpOverheadRow> Rows()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        return [.. new[] { 128, 32, 1 }.SelectMany<int, BnpOverheadRow>(batch =>
        [
            Of("CNN of 8 and 16 channels, 28x28", () => Cnn(1, 8, 16, 7), randn([batch, 1, 28, 28], generator: generator)),
            Of("CNN of 32 and 32 channels, 3x32x32", () => Cnn(3, 32, 32, 8), randn([batch, 3, 32, 32], generator: generator)),
            Of("MLP 784-100-100-100-10", Mlp, randn([batch, 784], generator: generator)),
        ])];
    }

    private static BnpOverheadRow Of(string name, Func<TorchSharp.Modules.Sequential> create, Tensor x)
    {
        using var plain = create();
        using var preconditioned = create();
        using var bnp = new Bnp(preconditioned);
        using var plainDescent = optim.SGD(plain.parameters(), 1e-3);
        using var preconditionedDescent = optim.SGD(preconditioned.parameters(), 1e-3);
        var batch = x.shape[0];
        var labels = arange(batch) % 10;
        var times = Alternating.Medians(
            Rounds, () => Step(plain, plainDescent, null), () => Step(preconditioned, preconditionedDescent, bnp));
        return new(name, batch, times[0], times[1], times[1] / times[0]);

        void Step(TorchSharp.Modules.Sequential network, optim.Optimizer optimizer, Bnp? transform)
        {
            optimizer.zero_grad();
            nn.functional.cross_entropy(network.call(x), labels).backward();
            transform?.Precondition();
            optimizer.step();
        }
    }

    private static TorchSharp.Modules.Sequential Mlp() => nn.Sequential(
        nn.Linear(784, 100), nn.ReLU(), nn.Linear(100, 100), nn.ReLU(), nn.Linear(100, 100), nn.ReLU(), nn.Linear(100, 10));

    private static TorchSharp.Modules.Sequential Cnn(int channels, int first, int second, int side) => nn.Sequential(
        nn.Conv2d(channels, first, 3, padding: 1),
        nn.ReLU(),
        nn.AvgPool2d(2),
        nn.Conv2d(first, second, 3, padding: 1),
        nn.ReLU(),
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Linear(second * side * side, 10));
}

/// <summary>Milliseconds per step without and with BNP.</summary>
internal sealed record BnpOverheadRow(string Model, long Batch, double PlainMilliseconds, double Milliseconds, double Ratio);
