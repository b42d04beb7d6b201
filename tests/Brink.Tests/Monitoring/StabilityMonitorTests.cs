using Brink.Monitoring;
using Brink.Objectives;
using TorchSharp.Modules;
using static Brink.Tests.Monitoring.MonitoredNetworks;

namespace Brink.Tests.Monitoring;

[Collection(nameof(WholeProcess))]
public sealed class StabilityMonitorTests
{
    private static readonly Tensor Dice = new Generator(7, CPU).get_state();

    [Fact]
    public void Training_with_a_monitor_equals_training_without_one_bit_for_bit()
    {
        var plain = Trained(watched: false);
        var watched = Trained(watched: true);
        Assert.Equal(plain.Length, watched.Length);
        foreach (var (one, other) in plain.Zip(watched)) Assert.True(one.equal(other).all().ToBoolean());
    }

    [Fact]
    public void Modes_and_gradients_of_the_module_are_unchanged()
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
    public void Sharpness_and_effective_sharpness_agree_with_the_dense_Hessian(string name)
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
    public void The_time_of_the_monitor_stays_within_its_share_and_the_smallest_distance_is_respected()
    {
        var clock = new Clock();
        var (step, measured) = (0, -1);
        using var network = Smooth();
        var (x, y) = Data(ScalarType.Float64);
        using var optimizer = optim.SGD(network.parameters(), 1e-3);
        using var monitor = new StabilityMonitor(network, optimizer, Probe, new(Share: 0.1, Every: 7), clock);
        var readings = new List<StabilityReading>();
        for (; step < 500; step++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));   // duration of a training step
            if (monitor.AfterStep() is { } reading) readings.Add(reading);
        }
        // 500 s of training allow 55 s of measurements: the first, then one every 45 steps.
        Assert.InRange(readings.Count, 10, 12);
        Assert.InRange(readings[^1].Overhead, 0.05, 0.1);
        Assert.All(readings.Zip(readings.Skip(1)), pair => Assert.True(pair.Second.Step - pair.First.Step >= 7));

        Tensor Probe()
        {
            // A measurement takes 5 s, however often it calls the probe.
            if (measured != step) clock.Advance(TimeSpan.FromSeconds(5));
            measured = step;
            return (network.forward(x) - y).square().sum(1).mean();
        }
    }

    [Fact]
    public void Too_high_a_learning_rate_is_reported_before_the_loss_diverges()
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
        var (stableLoss, rate) = (monitor.Last.Loss, monitor.Last.LargestStableLearningRate!.Value);
        foreach (var group in optimizer.ParamGroups) group.LearningRate = 1.5 * rate;
        Step(optimizer, Loss);
        var reading = monitor.AfterStep()!;   // due immediately, because the learning rate has changed
        Assert.Equal(StabilityVerdict.Unstable, reading.Verdict);
        Assert.True(reading.Loss < 2 * stableLoss);
        for (var i = 0; i < 30; i++) Step(optimizer, Loss);
        var end = Loss().ToDouble();
        Assert.False(end < 10 * stableLoss, $"{end} after {stableLoss}");   // the loss did diverge
    }

    [Fact]
    public void Progressive_sharpening_is_predicted_and_the_edge_is_recognised()
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
        // The sharpness rises to 1.13 times the edge, the loss rises to 13 times its lowest value: self-stabilization, not divergence.
        Assert.InRange(readings.Count(reading => reading.Verdict == StabilityVerdict.AtTheEdge), 8, 15);
        Assert.True(
            readings.Max(reading => reading.Loss / readings.Where(before => before.Step <= reading.Step).Min(before => before.Loss)) > 10);
        Assert.DoesNotContain(readings, reading => reading.Verdict == StabilityVerdict.Unstable);
        // Shortly before the edge the remaining number of steps is predicted to a factor of 2.
        var early = readings.First(reading => reading.EffectiveSharpness > 1.75 && reading.Step < edge.Step);
        Assert.Equal(StabilityVerdict.Sharpening, early.Verdict);
        Assert.InRange(early.StepsToEdge!.Value, 0.5 * (edge.Step - early.Step), 2.0 * (edge.Step - early.Step));
    }

    /// <summary>The trained loss does not depend on the bias before batch norm, so that Adam's second moment of it is zero;
    /// the loss in evaluation mode does.</summary>
    [Theory]
    [InlineData("adam", 1e-3, 1.5)]
    [InlineData("adamw", 1e-3, 1.5)]
    [InlineData("rmsprop", 1e-4, 10)]   // slightly beyond its edge it adapts, and the loss continues to fall
    public void A_bias_before_batch_norm_raises_no_alarm_but_too_large_a_learning_rate_does(
        string name, double rate, double factor)
    {
        random.set_rng_state(Dice);
        using var network = Seeded(Regular());
        var (x, y) = Data(ScalarType.Float32);
        using optim.Optimizer optimizer = name switch
        {
            "adam" => optim.Adam(network.parameters(), rate),
            "adamw" => optim.AdamW(network.parameters(), rate),
            _ => optim.RMSProp(network.parameters(), rate),
        };
        Tensor Loss() => (network.forward(x) - y).square().mean();
        using var monitor = new StabilityMonitor(network, optimizer, Loss, new(Share: 1, Every: 50));
        using var evaluationMonitor = new StabilityMonitor(
            network, optimizer, Loss, new(Share: 1, Every: 300, Mode: ProbeMode.Evaluation));
        var readings = new List<StabilityReading>();
        var evaluated = 0.0;
        for (var i = 0; i < 900; i++)
        {
            Step(optimizer, Loss);
            if (monitor.AfterStep() is { } reading) readings.Add(reading);
            if (evaluationMonitor.AfterStep() is { } other) evaluated = Math.Max(evaluated, other.EffectiveSharpness);
        }
        Assert.True(readings[^1].Loss < 0.4 * readings[0].Loss);
        // After one step second moments are those of one gradient with one dropout mask, and some are zero: that reading
        // may say anything.
        Assert.All(readings.Skip(1), reading => Assert.Equal(StabilityVerdict.Stable, reading.Verdict));
        Assert.All(readings.Skip(1), reading => Assert.InRange(reading.EffectiveSharpness, 0, 0.3));
        Assert.True(evaluated > 1000, $"{evaluated} in evaluation mode");   // the default avoids this

        foreach (var group in optimizer.ParamGroups) group.LearningRate = factor * monitor.Last!.LargestStableLearningRate!.Value;
        // At the point where the rate was raised, not after such a long step.
        var alarm = monitor.AfterStep()!;
        Assert.Equal(StabilityVerdict.Unstable, alarm.Verdict);
        var highest = 0.0;
        for (var i = 0; i < 30; i++)
        {
            Step(optimizer, Loss);
            highest = Math.Max(highest, Loss().ToDouble());
        }
        Assert.True(highest > 2 * readings[^1].Loss, $"{highest} after {readings[^1].Loss}");
    }

    [Fact]
    public void Dropout_is_disabled_and_a_frozen_norm_stays_frozen()
    {
        using var network = Seeded(Regular());
        var (x, y) = Data(ScalarType.Float32);
        using var optimizer = optim.SGD(network.parameters(), 0.1);
        // 200 products: converged from any starting row.
        double Sharpness(ProbeMode mode)
        {
            using var monitor = new StabilityMonitor(
                network, optimizer, () => (network.forward(x) - y).square().mean(), new(Tolerance: 1e-5, MaxProducts: 200, Mode: mode));
            _ = rand(1);   // another mask
            return monitor.AfterStep()!.Sharpness;
        }

        network.train();
        var trained = Sharpness(ProbeMode.AsTrained);
        Assert.Equal(trained, Sharpness(ProbeMode.AsTrained), 1e-3 * trained);
        Assert.NotEqual(trained, Sharpness(ProbeMode.Unchanged), 1e-2 * trained);
        var evaluated = Sharpness(ProbeMode.Evaluation);
        Assert.NotEqual(trained, evaluated, 1e-2 * trained);
        network.children().ElementAt(1).eval();
        Assert.Equal(evaluated, Sharpness(ProbeMode.AsTrained), 1e-3 * evaluated);
    }

    [Fact]
    public void A_missing_graph_is_reported_and_the_monitor_stays_usable()
    {
        using var network = Smooth();
        var (x, y) = Data(ScalarType.Float64);
        using var optimizer = optim.SGD(network.parameters(), 0.1);
        using var monitor = new StabilityMonitor(network, optimizer, () => (network.forward(x) - y).square().mean());
        using (inference_mode())
            Assert.Contains(
                "call it outside", Assert.Throws<InvalidOperationException>(() => monitor.AfterStep()).Message, StringComparison.Ordinal);
        Assert.True(monitor.AfterStep()!.Sharpness > 0);

        using var detached = new StabilityMonitor(network, optimizer, () => (network.forward(x) - y).square().mean().detach());
        Assert.Contains("no graph", Assert.Throws<InvalidOperationException>(() => detached.AfterStep()).Message, StringComparison.Ordinal);
        using (no_grad())
        {
            using var withoutGradients = new StabilityMonitor(network, optimizer, () => (network.forward(x) - y).square().mean());
            Assert.True(withoutGradients.AfterStep()!.Sharpness > 0);
        }
    }

    [Theory]
    [InlineData("sgd")]
    [InlineData("adam")]
    public void After_divergence_readings_are_unknown_and_after_a_restart_they_are_known_again(string name)
    {
        using var network = Smooth();
        var (x, y) = Data(ScalarType.Float64);
        using optim.Optimizer optimizer = name == "sgd" ? optim.SGD(network.parameters(), 0.1) : optim.Adam(network.parameters(), 0.01);
        Tensor Loss() => (network.forward(x) - y).square().sum(1).mean();
        using var monitor = new StabilityMonitor(network, optimizer, Loss, new(Share: 1, Every: 1), warmUpTarget: 1);
        Step(optimizer, Loss);
        Assert.NotNull(monitor.AfterStep()!.LargestStableLearningRate);
        var weight = network.parameters().First();
        using var quiet = no_grad();
        var kept = weight.clone();
        weight.fill_(double.NaN);
        var lost = monitor.AfterStep()!;
        Assert.Equal(StabilityVerdict.Unstable, lost.Verdict);
        Assert.Null(lost.LargestStableLearningRate);
        Assert.All(lost.Advice, one => Assert.Equal(double.NaN, one.LargestStep));
        Assert.Null(lost.WarmUp.Highest);
        Assert.Contains("is unknown", lost.WarmUp.Reason, StringComparison.Ordinal);
        weight.copy_(kept);
        var found = monitor.AfterStep()!;
        Assert.True(found.LargestStableLearningRate > 0);
        Assert.All(found.Advice.Take(3), one => Assert.True(one.LargestStep > 0));
    }

    [Fact]
    public void No_tensor_is_leaked()
    {
        using var network = Regular();
        var (x, y) = Data(ScalarType.Float32);
        using var optimizer = optim.Adam(network.parameters(), 1e-3);
        using var monitor =
            new StabilityMonitor(network, optimizer, () => (network.forward(x) - y).square().mean(), new(Share: 1, Every: 1));
        Watched();   // from the second reading on the monitor keeps a drift
        Live.AssertUnchanged(Watched);

        void Watched()
        {
            Step(optimizer, () => (network.forward(x) - y).square().mean());
            Assert.NotNull(monitor.AfterStep());
        }
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
            ? new StabilityMonitor(
                network, optimizer, () => (network.forward(x) - y).square().mean(), new(Share: 1, Every: 3, Mode: ProbeMode.Unchanged))
            : null;
        for (var i = 0; i < 40; i++)
        {
            Step(optimizer, () => (network.forward(x) - y).square().mean());
            monitor?.AfterStep();
        }
        Assert.True(!watched || monitor!.Last!.Step > 30);
        return
        [
            .. network.parameters().Select(parameter => parameter.detach().clone()),
            .. network.buffers().Select(buffer => buffer.clone()),
        ];
    }
}
