using Brink.Objectives;
using Brink.Steering;
using TorchSharp.Modules;
using static Brink.Tests.Monitoring.MonitoredNetworks;

namespace Brink.Tests.Steering;

[Collection(nameof(WholeProcess))]
public sealed class SteeredOptimizerTests
{
    private static readonly Dictionary<string, Func<Sequential, optim.Optimizer>> Optimizers = new(StringComparer.Ordinal)
    {
        ["sgd"] = network => optim.SGD(network.parameters(), 0.05),
        ["momentum"] = network => optim.SGD(network.parameters(), 0.05, momentum: 0.9),
        ["rmsprop"] = network => optim.RMSProp(network.parameters(), 0.01, momentum: 0.5, centered: true),
        ["adam"] = network => optim.Adam(network.parameters(), 0.01, amsgrad: true),
        ["adamw"] = network => optim.AdamW(network.parameters(), 0.01, weight_decay: 0.1),
    };

    public static TheoryData<string> Names => [.. Optimizers.Keys];

    [Theory, MemberData(nameof(Names))]
    public void While_nothing_happens_training_is_that_of_the_optimizer_bit_for_bit(string name)
    {
        using var scope = NewDisposeScope();
        var (x, y) = Data(ScalarType.Float32);
        var (plain, steered) = Twins();
        using var optimizer = Optimizers[name](plain);
        using var other = Optimizers[name](steered);
        using var steering = new SteeredOptimizer(steered, other);
        for (var i = 0; i < 10; i++)
        {
            Gradients(plain, optimizer, x, y);
            optimizer.step();
            Assert.Null(steering.Step(Gradients(steered, other, x, y)));
        }
        AssertEqual(plain, steered);
    }

    [Theory, MemberData(nameof(Names))]
    public void A_step_that_is_undone_leaves_no_trace(string name)
    {
        using var scope = NewDisposeScope();
        var (x, y) = Data(ScalarType.Float32);
        var (plain, steered) = Twins();
        using var optimizer = Optimizers[name](plain);
        using var other = Optimizers[name](steered);
        using var steering = new SteeredOptimizer(steered, other);
        for (var i = 0; i < 4; i++)
        {
            Gradients(plain, optimizer, x, y);
            if (i == 3) foreach (var group in optimizer.ParamGroups) group.LearningRate *= 0.7;
            optimizer.step();
            Assert.Null(steering.Step(Gradients(steered, other, x, y)));
        }
        // The fourth step led the other training to a loss that is not a number: its gradients and its batch statistics are lost.
        foreach (var parameter in steered.parameters()) parameter.grad!.fill_(float.NaN);
        foreach (var buffer in steered.buffers().Where(buffer => buffer.is_floating_point())) buffer.fill_(float.NaN);
        var happened = steering.Step(double.NaN)!;
        Assert.Equal((4, 1, 0.7), (happened.Step, happened.Multiple, happened.Next));
        Assert.Contains("NaN", happened.Reason, StringComparison.Ordinal);
        AssertEqual(plain, steered);
        // The learning rate that the training chose is untouched, and the next step continues from there.
        Assert.Equal(0.7 * other.ParamGroups.First().LearningRate, optimizer.ParamGroups.First().LearningRate, 15);
        Gradients(plain, optimizer, x, y);
        foreach (var group in optimizer.ParamGroups) group.LearningRate = 0.7 * 1.02 * other.ParamGroups.First().LearningRate;
        optimizer.step();
        steering.Step(Gradients(steered, other, x, y));
        AssertEqual(plain, steered);
    }

    [Fact]
    public void Training_that_diverges_at_a_constant_rate_finishes()
    {
        using var scope = NewDisposeScope();
        var (x, y) = Data(ScalarType.Float64);
        double First(Sequential network) => Loss(network, x, y).ToDouble();
        using var lost = Smooth();
        using (var optimizer = optim.SGD(lost.parameters(), 30))
            for (var i = 0; i < 60; i++) { Gradients(lost, optimizer, x, y); optimizer.step(); }
        Assert.False(First(lost) < 1e3);
        using var kept = Smooth();
        var before = First(kept);
        using var steady = optim.SGD(kept.parameters(), 30);
        using var steering = new SteeredOptimizer(kept, steady);
        var events = 0;
        for (var i = 0; i < 200; i++) if (steering.Step(Gradients(kept, steady, x, y)) is not null) events++;
        Assert.True(First(kept) < 0.9 * before, $"{First(kept)} of {before}");
        Assert.True(events > 3);
    }

    [Fact]
    public void The_diagnosis_agrees_with_the_dense_Hessian()
    {
        using var scope = NewDisposeScope();
        var (x, y) = Data(ScalarType.Float64);
        using var network = Smooth();
        const double rate = 40;
        using var optimizer = optim.SGD(network.parameters(), rate);
        using var steering = new SteeredOptimizer(network, optimizer, probe: () => Loss(network, x, y));
        var parameters = new ModuleParameters(network);
        var theta = parameters.Theta();
        using var expansion = parameters.Sum(1, _ => Loss(network, x, y)).ExpandAt(theta);
        var H = expansion.HessianTimes(eye(parameters.Dimension, dtype: ScalarType.Float64));
        var (values, vectors) = linalg.eigh((H + H.t()) / 2);
        var step = expansion.Gradient / expansion.Gradient.norm();
        steering.Step(Gradients(network, optimizer, x, y));
        var found = steering.Step(double.PositiveInfinity)!.Diagnosis!;
        Assert.True(found.Converged);
        for (var i = 0; i < found.Effective.Count; i++)
            Assert.Equal(rate * values[^(i + 1)].ToDouble(), found.Effective[i], 0.02 * found.Effective[0]);
        // The directions of nearly equal eigenvalues are not determined: that of the largest is.
        var top = vectors.select(1, parameters.Dimension - 1);
        Assert.Equal(Math.Abs((top * step).sum().ToDouble()), found.Alignments[0], 0.02);
        Assert.Contains(found.Layer, parameters.Layers.Select(layer => layer.Name));
        if (found.Alignments[0] * found.Effective[0] > found.Alignments[1] * found.Effective[1])
        {
            var shares = parameters.Layers.Select(layer => top.narrow(0, layer.Start, layer.Length).square().sum().ToDouble()).ToArray();
            Assert.Equal(shares.Max(), found.LayerShare, 0.05);
        }
    }

    [Fact]
    public void An_event_of_gradient_descent_foresees_the_next_burst_and_counts_its_successes()
    {
        using var scope = NewDisposeScope();
        var (x, y) = Data(ScalarType.Float64);
        var events = Events(momentum: 0);
        Assert.Contains(events, one => one.Diagnosis!.Forecast is not null);
        var last = events[^1].Bursts!;
        Assert.True(last.Forecasts > 0 && last.Right <= last.Forecasts && last.Excesses.Count > 1);
        Assert.Contains(events, one => one.Reason.Contains("The next burst by the map", StringComparison.Ordinal));
        // The map is that of gradient descent, and of full batches.
        Assert.All(Events(momentum: 0.9), one => Assert.Null(one.Diagnosis!.Forecast));

        List<SteeringEvent> Events(double momentum)
        {
            using var network = Smooth();
            using var optimizer = optim.SGD(network.parameters(), momentum == 0 ? 30 : 3, momentum: momentum);
            using var steering = new SteeredOptimizer(network, optimizer, probe: () => Loss(network, x, y));
            var found = new List<SteeringEvent>();
            for (var i = 0; i < 150; i++)
            {
                using var inner = NewDisposeScope();
                if (steering.Step(Gradients(network, optimizer, x, y)) is { } happened) found.Add(happened);
            }
            return found;
        }
    }

    [Fact]
    public void Where_no_rate_helps_the_last_good_parameters_stay_and_the_error_says_so()
    {
        using var scope = NewDisposeScope();
        var (x, y) = Data(ScalarType.Float32);
        var (plain, steered) = Twins();
        using var optimizer = optim.SGD(steered.parameters(), 0.05);
        using var steering = new SteeredOptimizer(steered, optimizer, new RollBackAndCut(MostRepeats: 1));
        steering.Step(Gradients(steered, optimizer, x, y));
        steering.Step(double.NaN);
        var error = Assert.Throws<InvalidOperationException>(() => steering.Step(double.NaN));
        Assert.Contains("last good step", error.Message, StringComparison.Ordinal);
        foreach (var (one, other) in plain.parameters().Zip(steered.parameters())) Assert.True(one.equal(other).all().ToBoolean());
    }

    [Fact]
    public void Memory_is_that_of_one_kept_point()
    {
        using var scope = NewDisposeScope();
        var (x, y) = Data(ScalarType.Float32);
        using var network = Normed();
        using var optimizer = optim.Adam(network.parameters(), 0.01);
        using var steering = new SteeredOptimizer(network, optimizer);
        void Round(double? loss)
        {
            using var inner = NewDisposeScope();
            var present = Gradients(network, optimizer, x, y);
            steering.Step(loss ?? present);
        }
        for (var i = 0; i < 3; i++) Round(null);
        var before = Live.Tensors;
        for (var i = 0; i < 20; i++) Round(i % 5 == 4 ? double.NaN : null);
        Assert.Equal(before, Live.Tensors);
    }

    private static (Sequential, Sequential) Twins() => (Normed(), Normed());

    /// <summary>A network with buffers that training changes, and without random numbers.</summary>
    private static Sequential Normed() =>
        Seeded(nn.Sequential(nn.Linear(6, 16), nn.BatchNorm1d(16), nn.Tanh(), nn.Linear(16, 2)));

    private static Tensor Loss(Sequential network, Tensor x, Tensor y) => (network.forward(x) - y).square().sum(1).mean();

    /// <summary>Computes the gradients, and returns the loss.</summary>
    private static double Gradients(Sequential network, optim.Optimizer optimizer, Tensor x, Tensor y)
    {
        optimizer.zero_grad();
        var loss = Loss(network, x, y);
        loss.backward();
        return loss.ToDouble();
    }

    private static void AssertEqual(Sequential one, Sequential other)
    {
        foreach (var (a, b) in one.parameters().Zip(other.parameters())) Assert.True(a.equal(b).all().ToBoolean());
        foreach (var (a, b) in one.buffers().Zip(other.buffers())) Assert.True(a.equal(b).all().ToBoolean());
    }
}
