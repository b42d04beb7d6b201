using TorchSharp.Modules;

namespace Brink.Tests.Monitoring;

/// <summary>Small networks for monitors, their data, and a training step.</summary>
internal static class MonitoredNetworks
{
    public static Sequential Regular() =>
        nn.Sequential(nn.Linear(6, 16), nn.BatchNorm1d(16), nn.Tanh(), nn.Dropout(0.3), nn.Linear(16, 2));

    public static Sequential Smooth() => Seeded(
        nn.Sequential(nn.Linear(6, 12, dtype: ScalarType.Float64), nn.Tanh(), nn.Linear(12, 2, dtype: ScalarType.Float64)));

    public static Sequential Seeded(Sequential network)
    {
        using var generator = new Generator(1, CPU);
        using var quiet = no_grad();
        foreach (var parameter in network.parameters())
            parameter.copy_(0.4 * randn(parameter.shape, dtype: parameter.dtype, generator: generator));
        return network;
    }

    public static (Tensor X, Tensor Y) Data(ScalarType type)
    {
        using var generator = new Generator(2, CPU);
        var x = randn(20, 6, dtype: type, generator: generator);
        return (x, stack([x.select(1, 0).sign(), x.select(1, 1).sign()], 1));
    }

    public static void Step(optim.Optimizer optimizer, Func<Tensor> loss)
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        loss().backward();
        optimizer.step();
    }
}
