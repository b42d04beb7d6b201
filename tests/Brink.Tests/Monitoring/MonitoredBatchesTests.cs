using Brink.MiniBatches;
using Brink.Monitoring;
using Brink.Objectives;
using static Brink.Tests.Monitoring.MonitoredNetworks;

namespace Brink.Tests.Monitoring;

/// <summary>A monitor that knows the batches of the training.</summary>
[Collection(nameof(WholeProcess))]
public sealed class MonitoredBatchesTests
{
    private const double Rate = 0.01, Beta = 0.9;

    [Fact]
    public void Small_batches_have_their_own_edge()
    {
        using var scope = NewDisposeScope();
        using var network = Smooth();
        using var optimizer = optim.SGD(network.parameters(), Rate, momentum: Beta);
        var (x, y) = Data(ScalarType.Float64);
        var next = 0;
        Tensor Of(Tensor inputs, Tensor targets) => (network.forward(inputs) - targets).square().sum(1).mean();
        Tensor Single()
        {
            var i = next++ % x.shape[0];
            return Of(x.narrow(0, i, 1), y.narrow(0, i, 1));
        }
        using var monitor = new StabilityMonitor(
            network, optimizer, () => Of(x, y), new(Pairs: 2, Tolerance: 1e-8, MaxProducts: 400), trainingBatch: Single);
        var reading = monitor.AfterStep()!;

        var parameters = new ModuleParameters(network);
        var theta = parameters.Theta();
        using var whole = parameters.Sum(1, _ => Of(x, y)).ExpandAt(theta);
        double[] ratios = [.. Enumerable.Range(0, reading.Batches!.Batches).Select(i =>
        {
            using var one = parameters.Sum(1, _ => Of(x.narrow(0, i, 1), y.narrow(0, i, 1))).ExpandAt(theta);
            var g = one.Gradient;
            return (g.dot(one.HessianTimes(g)) / g.dot(g)).ToDouble();
        })];
        Assert.InRange(reading.Batches.Batches, 4, 16);
        Assert.Equal(ratios.Average(), reading.Batches.Sharpness, 1e-9 * ratios.Average());
        Assert.InRange(reading.Batches.NoiseShare!.Value, 0.5, 1);
        var edge = reading.BatchEdge!;
        Assert.True(edge.IsOfBatches);
        Assert.Equal(2 * (1 - Beta) / Rate, edge.Threshold, 1e-9);
        Assert.Equal(2 * ratios.Average() / edge.Threshold, reading.DecidingSharpness, 1e-9);
        Assert.Equal(1 - (reading.DecidingSharpness / 2), reading.Margin, 1e-12);
        Assert.Equal(2 * Rate / reading.DecidingSharpness, reading.LargestStableLearningRate!.Value, 1e-9);
        Assert.Equal(
            (2 - (2 * Beta)) / ratios.Average(), reading.Advice.Single(one => one.Method == "momentum 0.9").LargestStep, 1e-9);
        Assert.Equal(2 / ratios.Average(), reading.Advice.Single(one => one.Method == "gradient descent").LargestStep, 1e-9);
    }

    [Fact]
    public void Batches_of_all_samples_leave_the_edge_where_it_is()
    {
        using var scope = NewDisposeScope();
        using var network = Smooth();
        using var optimizer = optim.SGD(network.parameters(), Rate, momentum: Beta);
        var (x, y) = Data(ScalarType.Float64);
        Tensor Loss() => (network.forward(x) - y).square().sum(1).mean();
        using var monitor = new StabilityMonitor(
            network, optimizer, Loss, new(Tolerance: 1e-8, MaxProducts: 400), trainingBatch: Loss);
        var reading = monitor.AfterStep()!;
        Assert.Equal(0, reading.Batches!.NoiseShare!.Value, 1e-9);
        Assert.False(reading.BatchEdge!.IsOfBatches);
        Assert.Equal(reading.EffectiveSharpness, reading.DecidingSharpness, 1e-9);
        Assert.Equal(2 * (1 + Beta) / Rate, reading.BatchEdge.Threshold, 1e-9);
    }

    [Fact]
    public void Without_products_the_critical_learning_rate_is_measured_by_losses_alone()
    {
        using var scope = NewDisposeScope();
        using var network = Smooth();
        using var optimizer = optim.SGD(network.parameters(), Rate);
        var (x, y) = Data(ScalarType.Float64);
        Tensor Loss() => (network.forward(x) - y).square().sum(1).mean();
        var parameters = new ModuleParameters(network);
        var before = parameters.Theta();
        using var monitor = new StabilityMonitor(network, optimizer, Loss, new(MaxProducts: 0));
        var reading = monitor.AfterStep()!;
        var loss = parameters.Sum(1, _ => Loss());
        var (here, gradient) = loss.LossAndGradient(before);
        var exact = new CriticalLearningRate(Rate, RelativeError: 1e-8).Along(loss, before, gradient, here);
        parameters.Set(before);
        Assert.Equal(exact.Value, reading.CriticalLearningRate!.Value, exact.Value / 16);
        Assert.Equal(2 * Rate / reading.CriticalLearningRate.Value, reading.EffectiveSharpness, 1e-9);
        Assert.Equal(0, reading.Products);
        Assert.True(double.IsNaN(reading.Sharpness));
        Assert.Equal(0, (parameters.Theta() - before).abs().max().ToDouble());
    }

    [Fact]
    public void An_optimizer_whose_batch_edge_is_not_known_keeps_its_own()
    {
        using var scope = NewDisposeScope();
        using var network = Smooth();
        var (x, y) = Data(ScalarType.Float64);
        Tensor Loss() => (network.forward(x) - y).square().sum(1).mean();
        foreach (var optimizer in new optim.Optimizer[]
            { optim.Adam(network.parameters(), 0.01), optim.SGD(network.parameters(), 0.01, momentum: 0.9, nesterov: true) })
        {
            using (optimizer)
            {
                Step(optimizer, Loss);
                using var monitor = new StabilityMonitor(network, optimizer, Loss, trainingBatch: Loss);
                var reading = monitor.AfterStep()!;
                Assert.NotNull(reading.Batches);
                Assert.Null(reading.BatchEdge);
                Assert.Equal(reading.EffectiveSharpness, reading.DecidingSharpness);
            }
        }
    }

    [Fact]
    public void A_clipped_gradient_shortens_the_step_of_gradient_descent_only()
    {
        using var scope = NewDisposeScope();
        using var network = Smooth();
        var (x, y) = Data(ScalarType.Float64);
        Tensor Loss() => (network.forward(x) - y).square().sum(1).mean();
        var norm = new ModuleParameters(network) is var parameters
            ? parameters.Sum(1, _ => Loss()).LossAndGradient(parameters.Theta()).Gradient.norm().ToDouble()
            : 0;
        foreach (var (make, isClipped) in new (Func<optim.Optimizer>, bool)[]
            { (() => optim.SGD(network.parameters(), Rate, momentum: Beta), true), (() => optim.Adam(network.parameters(), 1e-9), false) })
        {
            using var optimizer = make();
            if (!isClipped) Step(optimizer, Loss);
            StabilityReading Reading(double? clip)
            {
                using var monitor = new StabilityMonitor(
                    network, optimizer, Loss, new(Tolerance: 1e-8, MaxProducts: 400), clipNorm: clip);
                return monitor.AfterStep()!;
            }
            var (free, clipped) = (Reading(null), Reading(norm / 4));
            Assert.Equal(isClipped ? free.EffectiveSharpness / 4 : free.EffectiveSharpness, clipped.EffectiveSharpness, 1e-6);
            Assert.Equal(free.Sharpness, clipped.Sharpness, 1e-6);
            Assert.Equal(free.EffectiveSharpness, Reading(4 * norm).EffectiveSharpness, 1e-6);
        }
    }

    [Fact]
    public void No_tensor_remains()
    {
        using var network = Smooth();
        using var optimizer = optim.SGD(network.parameters(), Rate);
        var (x, y) = Data(ScalarType.Float64);
        Tensor Loss() => (network.forward(x) - y).square().sum(1).mean();
        using var monitor = new StabilityMonitor(network, optimizer, Loss, new(Every: 1, Share: 1), trainingBatch: Loss);
        Live.AssertUnchanged(() => monitor.AfterStep());
    }
}
