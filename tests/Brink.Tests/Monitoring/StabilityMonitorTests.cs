using Brink.Monitoring;
using Brink.Objectives;
using TorchSharp.Modules;

namespace Brink.Tests.Monitoring;

[Collection(nameof(WholeProcess))]
public sealed class StabilityMonitorTests
{
    private static readonly Tensor Dice = random.get_rng_state();

    [Fact]
    public void Training_with_a_monitor_is_training_without_one_bit_for_bit()
    {
        var plain = Trained(watched: false);
        var watched = Trained(watched: true);
        Assert.Equal(plain.Length, watched.Length);
        foreach (var (one, other) in plain.Zip(watched)) Assert.True(one.equal(other).all().ToBoolean());
    }

    [Fact]
    public void Modes_of_parts_and_gradients_stay()
    {
        using var network = Regular();
        network.train();
        network.children().ElementAt(1).eval();   // a frozen batch norm in a network that trains
        using var optimizer = optim.SGD(network.parameters(), 0.1);
        var (x, y) = Data(ScalarType.Float32);
        (network.forward(x) - y).square().mean().backward();
        var before = network.parameters().Select(parameter => parameter.grad!.clone()).ToArray();
        using var monitor = new StabilityMonitor(network, optimizer, () => (network.forward(x) - y).square().mean());
        Assert.NotNull(monitor.AfterStep());
        Assert.Equal([true, false, true, true, true], network.children().Select(part => part.training));
        Assert.True(network.training);
        foreach (var (old, now) in before.Zip(network.parameters())) Assert.True(old.equal(now.grad!).all().ToBoolean());
    }

    [Theory]
    [InlineData("sgd")]
    [InlineData("adam")]
    public void Sharpness_and_effective_sharpness_are_those_of_the_dense_Hessian(string name)
    {
        using var scope = NewDisposeScope();
        using var network = Smooth();
        var (x, y) = Data(ScalarType.Float64);
        using optim.Optimizer optimizer = name == "sgd"
            ? optim.SGD(network.parameters(), 0.05, momentum: 0.9)
            : optim.Adam(network.parameters(), 0.01, beta1: 0.8, beta2: 0.99);
        Tensor Loss() => (network.forward(x) - y).square().sum(1).mean();
        for (var i = 0; i < 7; i++) Step(optimizer, Loss);
        using var monitor = new StabilityMonitor(network, optimizer, Loss, new(Pairs: 2, Tolerance: 1e-8, MaxProducts: 400));
        var reading = monitor.AfterStep()!;

        var parameters = new ModuleParameters(network);
        using var expansion = parameters.Sum(1, _ => Loss()).ExpandAt(parameters.Theta());
        var H = expansion.HessianTimes(eye(parameters.Dimension, dtype: ScalarType.Float64));
        var (values, vectors) = linalg.eigh((H + H.t()) / 2);
        var P = ones(parameters.Dimension, dtype: ScalarType.Float64);
        var rate = 0.05 / 1.9;
        if (optimizer is Adam adam)
        {
            var v = cat([.. adam.state_dict().State.Cast<Adam.State>().Select(state => state.exp_avg_sq.flatten())]);
            P = (1 - Math.Pow(0.8, 7)) * ((v / (1 - Math.Pow(0.99, 7))).sqrt() + 1e-8);
            rate = 0.01 * 0.2 / 1.8;
        }
        var s = P.rsqrt();
        var (effective, tops) = linalg.eigh(s.unsqueeze(1) * H * s);
        Assert.Equal(values[-1].ToDouble(), reading.Sharpness, 1e-6 * reading.Sharpness);
        Assert.Equal(rate * effective[-1].ToDouble(), reading.EffectiveSharpness, 1e-6 * reading.EffectiveSharpness);
        var g = s * expansion.Gradient;
        for (var i = 0; i < 2; i++)
        {
            var cosine = tops.select(1, -1 - i).dot(g) / g.norm();
            Assert.Equal(Math.Abs(cosine.ToDouble()), Math.Abs(reading.Alignments[i]), 1e-5);
        }
        Assert.Equal(vectors.shape[0], parameters.Dimension);
    }

    [Fact]
    public void Its_own_time_stays_within_the_share_and_the_least_distance_is_kept()
    {
        var clock = new Clock();
        using var network = Smooth();
        var (x, y) = Data(ScalarType.Float64);
        using var optimizer = optim.SGD(network.parameters(), 1e-3);
        using var monitor = new StabilityMonitor(network, optimizer, Probe, new(Share: 0.1, Every: 7), clock);
        var readings = new List<StabilityReading>();
        for (var i = 0; i < 500; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));   // what a step of training takes
            if (monitor.AfterStep() is { } reading) readings.Add(reading);
        }
        // 500 s of training pay for 55 s of measuring: the first, then one every 45 steps.
        Assert.InRange(readings.Count, 10, 12);
        Assert.InRange(readings[^1].Overhead, 0.05, 0.1);
        Assert.All(readings.Zip(readings.Skip(1)), pair => Assert.True(pair.Second.Step - pair.First.Step >= 7));

        Tensor Probe()
        {
            clock.Advance(TimeSpan.FromSeconds(5));   // and a measurement
            return (network.forward(x) - y).square().sum(1).mean();
        }
    }

    [Fact]
    public void A_learning_rate_that_is_too_high_is_reported_before_the_loss_blows_up()
    {
        using var network = Smooth();
        var (x, y) = Data(ScalarType.Float64);
        using var optimizer = optim.SGD(network.parameters(), 0.1);
        Tensor Loss() => (network.forward(x) - y).square().sum(1).mean();
        using var monitor = new StabilityMonitor(network, optimizer, Loss, new(Share: 1, Every: 5));
        for (var i = 0; i < 1000; i++)
        {
            Step(optimizer, Loss);
            monitor.AfterStep();
        }
        Assert.NotEqual(StabilityVerdict.Unstable, monitor.Last!.Verdict);
        var (calm, rate) = (monitor.Last.Loss, monitor.Last.LargestStableLearningRate);
        foreach (var group in optimizer.ParamGroups) group.LearningRate = 1.5 * rate;
        Step(optimizer, Loss);
        var reading = monitor.AfterStep()!;   // at once: the learning rate has changed
        Assert.Equal(StabilityVerdict.Unstable, reading.Verdict);
        Assert.True(reading.Loss < 2 * calm);
        for (var i = 0; i < 30; i++) Step(optimizer, Loss);
        var end = Loss().ToDouble();
        Assert.False(end < 10 * calm, $"{end} after {calm}");   // and so it did
    }

    [Fact]
    public void Progressive_sharpening_is_foreseen_and_the_edge_is_recognised()
    {
        using var network = Smooth();
        var (x, y) = Data(ScalarType.Float64);
        using var optimizer = optim.SGD(network.parameters(), 0.22);
        Tensor Loss() => (network.forward(x) - y).square().sum(1).mean();
        using var monitor = new StabilityMonitor(network, optimizer, Loss, new(Share: 1, Every: 20, Tolerance: 1e-4));
        var readings = new List<StabilityReading>();
        for (var i = 0; i < 600; i++)
        {
            Step(optimizer, Loss);
            if (monitor.AfterStep() is { } reading) readings.Add(reading);
        }
        var edge = readings.First(reading => reading.EffectiveSharpness > 2);
        // The sharpness rises to 1.13 times the edge, the loss jumps to 13 times its lowest: self-stabilization, no blow-up.
        Assert.InRange(readings.Count(reading => reading.Verdict == StabilityVerdict.AtTheEdge), 8, 15);
        Assert.True(readings.Max(reading => reading.Loss / readings.Where(before => before.Step <= reading.Step).Min(before => before.Loss)) > 10);
        Assert.DoesNotContain(readings, reading => reading.Verdict == StabilityVerdict.Unstable);
        // Shortly before it the way that is left is foreseen to a factor of 2.
        var early = readings.First(reading => reading.EffectiveSharpness > 1.75 && reading.Step < edge.Step);
        Assert.Equal(StabilityVerdict.Sharpening, early.Verdict);
        Assert.InRange(early.StepsToEdge!.Value, 0.5 * (edge.Step - early.Step), 2.0 * (edge.Step - early.Step));
    }

    [Fact]
    public void Nothing_leaks()
    {
        using var network = Regular();
        var (x, y) = Data(ScalarType.Float32);
        using var optimizer = optim.Adam(network.parameters(), 1e-3);
        using var monitor = new StabilityMonitor(network, optimizer, () => (network.forward(x) - y).square().mean(), new(Share: 1, Every: 1));
        Watched();   // from the second reading on there is a drift to keep
        Live.AssertUnchanged(Watched);

        void Watched()
        {
            Step(optimizer, () => (network.forward(x) - y).square().mean());
            Assert.NotNull(monitor.AfterStep());
        }
    }

    private static void Step(optim.Optimizer optimizer, Func<Tensor> loss)
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        loss().backward();
        optimizer.step();
    }

    /// <summary>Parameters and buffers after 40 steps of a network with dropout and batch norm.</summary>
    private static Tensor[] Trained(bool watched)
    {
        using var network = Seeded(Regular());
        random.set_rng_state(Dice);
        network.train();
        var (x, y) = Data(ScalarType.Float32);
        using var optimizer = optim.Adam(network.parameters(), 1e-2);
        using var monitor = watched
            ? new StabilityMonitor(network, optimizer, () => (network.forward(x) - y).square().mean(), new(Share: 1, Every: 3, InTrainingMode: true))
            : null;
        for (var i = 0; i < 40; i++)
        {
            Step(optimizer, () => (network.forward(x) - y).square().mean());
            monitor?.AfterStep();
        }
        Assert.True(!watched || monitor!.Last!.Step > 30);
        return [.. network.parameters().Select(parameter => parameter.detach().clone()), .. network.buffers().Select(buffer => buffer.clone())];
    }

    private static Sequential Regular() =>
        nn.Sequential(nn.Linear(6, 16), nn.BatchNorm1d(16), nn.Tanh(), nn.Dropout(0.3), nn.Linear(16, 2));

    private static Sequential Smooth() => Seeded(
        nn.Sequential(nn.Linear(6, 12, dtype: ScalarType.Float64), nn.Tanh(), nn.Linear(12, 2, dtype: ScalarType.Float64)));

    private static Sequential Seeded(Sequential network)
    {
        using var generator = new Generator(1, CPU);
        using var quiet = no_grad();
        foreach (var parameter in network.parameters())
            parameter.copy_(0.4 * randn(parameter.shape, dtype: parameter.dtype, generator: generator));
        return network;
    }

    private static (Tensor X, Tensor Y) Data(ScalarType type)
    {
        using var generator = new Generator(2, CPU);
        var x = randn(20, 6, dtype: type, generator: generator);
        return (x, stack([x.select(1, 0).sign(), x.select(1, 1).sign()], 1));
    }

    private sealed class Clock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan by) => _ticks += by.Ticks;
    }
}
