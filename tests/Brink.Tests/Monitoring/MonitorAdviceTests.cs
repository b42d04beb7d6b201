using Brink.Monitoring;
using Brink.Objectives;
using TorchSharp.Modules;
using static Brink.Tests.Monitoring.MonitoredNetworks;

namespace Brink.Tests.Monitoring;

[Collection(nameof(WholeProcess))]
public sealed class MonitorAdviceTests
{
    [Theory]
    [InlineData("sgd")]
    [InlineData("adam")]
    [InlineData("rmsprop")]
    public void Advice_covers_the_usual_methods_for_every_optimizer(string name)
    {
        using var network = Smooth();
        var (x, y) = Data(ScalarType.Float64);
        using optim.Optimizer optimizer = name switch
        {
            "sgd" => optim.SGD(network.parameters(), 0.05, momentum: 0.5),
            "adam" => optim.Adam(network.parameters(), 0.01),
            _ => optim.RMSProp(network.parameters(), 0.001, momentum: 0.3),
        };
        Tensor Loss() => (network.forward(x) - y).square().sum(1).mean();
        for (var i = 0; i < 5; i++) Step(optimizer, Loss);
        using var monitor = new StabilityMonitor(network, optimizer, Loss, new(Tolerance: 1e-7, MaxProducts: 2000));
        var reading = monitor.AfterStep()!;
        var steps = reading.Advice.ToDictionary(one => one.Method, one => one.LargestStep, StringComparer.Ordinal);
        Assert.Equal(2 / reading.Sharpness, steps["gradient descent"], 1e-5 / reading.Sharpness);
        Assert.Equal(3.8 / reading.Sharpness, steps["momentum 0.9"], 1e-5 / reading.Sharpness);
        Assert.All(reading.Advice, one => Assert.NotEmpty(one.Reason));

        var parameters = new ModuleParameters(network);
        using var expansion = parameters.Sum(1, _ => Loss()).ExpandAt(parameters.Theta());
        var second = optimizer switch
        {
            Adam adam => cat([.. adam.state_dict().State.Cast<Adam.State>().Select(state => state.exp_avg_sq.flatten())]),
            RMSProp rms => cat([.. rms.state_dict().State.Cast<RMSProp.State>().Select(state => state.square_avg.flatten())]),
            _ => expansion.Gradient.square(),
        };
        var P = name == "adam"
            ? (1 - Math.Pow(0.9, 5)) * ((second / (1 - Math.Pow(0.999, 5))).sqrt() + 1e-8)
            : second.sqrt() + 1e-8;
        var s = P.rsqrt();
        var H = expansion.HessianTimes(eye(parameters.Dimension, dtype: ScalarType.Float64));
        var edge = 38 / linalg.eigvalsh(s.unsqueeze(1) * ((H + H.t()) / 2) * s)[-1].ToDouble();
        // If it takes separate products, a tolerance of a tenth is enough.
        Assert.Equal(edge, steps["Adam"], (name == "sgd" ? 0.1 : 1e-4) * edge);
        if (name == "adam") Assert.Equal(edge, reading.LargestStableLearningRate!.Value, 1e-4 * edge);
    }

    [Fact]
    public void Advice_for_Adam_takes_a_quarter_of_the_other_products_and_states_its_age()
    {
        using var network = Smooth();
        var (x, y) = Data(ScalarType.Float64);
        using var optimizer = optim.SGD(network.parameters(), 0.01);
        Tensor Loss() => (network.forward(x) - y).square().sum(1).mean();
        using var monitor = new StabilityMonitor(network, optimizer, Loss, new(Share: 1, Every: 1));
        var readings = new List<StabilityReading>();
        for (var i = 0; i < 60; i++)
        {
            Step(optimizer, Loss);
            if (monitor.AfterStep() is { } reading) readings.Add(reading);
        }
        // The reason changes only at a new measurement.
        var measured = readings
            .Where(reading => reading.Advice[3].Reason.EndsWith($"step {reading.Step}", StringComparison.Ordinal))
            .ToArray();
        Assert.Equal(1, measured[0].Step);
        Assert.InRange(measured.Length, 2, readings.Count / 3);
    }

    [Fact]
    public void A_warm_up_ends_when_the_readings_show_that_its_target_is_stable()
    {
        using var network = Smooth();
        var (x, y) = Data(ScalarType.Float64);
        using var optimizer = optim.SGD(network.parameters(), 0.01);
        Tensor Loss() => (network.forward(x) - y).square().sum(1).mean();
        using var monitor = new StabilityMonitor(network, optimizer, Loss, warmUpTarget: 0.05);
        Step(optimizer, Loss);
        var reading = monitor.AfterStep()!;
        Assert.Equal((0.05, reading.LargestStableLearningRate), (reading.WarmUp.Target, reading.WarmUp.Highest));
        Assert.Equal(0.05 * reading.Sharpness < 2 ? 1L : null, reading.WarmUp.End);
        Assert.Equal(StepAdvice.WarmUpEnd(reading, 0.05), (reading.WarmUp.End, reading.WarmUp.Reason));
        using var withoutTarget = new StabilityMonitor(network, optimizer, Loss);
        Assert.Contains("may rise to", withoutTarget.AfterStep()!.WarmUp.Reason, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new StabilityMonitor(network, optimizer, Loss, warmUpTarget: 0));
    }
}
