using Brink.Algebra;
using Brink.Objectives;
using Brink.Optimizers;
using TorchSharp.Modules;

namespace Brink.Tests.Optimizers;

/// <summary>The transform against its explicit matrix, neuron by neuron.</summary>
public sealed class BnpTests
{
    public static TheoryData<string> Layers =>
        ["dense", "dense, few samples", "one input", "sequences", "no bias", "frozen bias", .. Convolutions];

    private static readonly string[] Convolutions =
        ["3x3 padded", "stride 2", "dilated", "groups", "depthwise", "1x1", "uneven taps", "no bias conv", "one image"];

    [Theory, MemberData(nameof(Layers))]
    public void Gradients_are_multiplied_by_the_explicit_matrix(string kind)
    {
        using var scope = NewDisposeScope();
        var (layer, x) = Case(kind);
        using var module = layer;
        using var bnp = new Bnp(layer, new(Rho: 0.7, RelativeFloor: 0.03, AbsoluteFloor: 0.002, InitialMean: 0.3, InitialVariance: 1.7));
        var y = layer.call(x);
        (y * Networks.Uniform(8, y.shape)).square().sum().backward();
        var (W, b) = Gradients(layer);

        bnp.Precondition();

        // One step's statistics by definition: the mixture of the initial normal law with the inputs.
        var features = x.shape[layer is Conv2d ? 1 : ^1];
        var rows = (layer is Conv2d ? x.transpose(0, 1) : x.transpose(0, -1)).reshape(features, -1);
        var mu = (0.7 * 0.3) + (0.3 * rows.mean([1]));
        var variance = (0.7 * (1.7 + (0.3 - mu).square())) + (0.3 * (rows - mu.unsqueeze(1)).square().mean([1]));
        var smoothed = variance + (0.03 * variance.max()) + 0.002;
        var n = W.shape[1..].Aggregate(1L, (a, size) => a * size);
        var N = y.numel() / W.shape[0];
        var squaredNorm = Math.Max((double)n / N, 1);
        var groups = layer is Conv2d convolution ? convolution.groups : 1;
        var expectedW = W.clone();
        var expectedB = b?.clone();
        for (var output = 0; output < W.shape[0]; output++)
        {
            var first = (int)(output / (W.shape[0] / groups) * W.shape[1]);   // channel within its group
            var P = zeros(n + 1, n + 1, dtype: ScalarType.Float64);
            P[0, 0] = 1;
            for (var k = 0; k < n; k++)
            {
                var channel = first + (int)(k / (n / W.shape[1]));
                if (b is not null) P[0, k + 1] = -mu[channel] / smoothed[channel].sqrt();
                P[k + 1, k + 1] = 1 / smoothed[channel].sqrt();
            }
            var g = cat([b is null ? zeros(1, dtype: ScalarType.Float64) : b[output].view(1), W[output].flatten()]);
            var preconditioned = P.mm(P.t()).mv(g) / squaredNorm;
            expectedW[output] = preconditioned[1..].view(W.shape[1..]);
            if (expectedB is not null) expectedB[output] = preconditioned[0];
        }
        var (foundW, foundB) = Gradients(layer);
        Assert.InRange(Networks.Relative(foundW, expectedW), 0, 1e-10);
        if (b is not null) Assert.InRange(Networks.Relative(foundB!, expectedB!), 0, 1e-10);
    }

    [Theory, MemberData(nameof(Layers))]
    public void The_operator_of_the_root_agrees_with_the_transform(string kind)
    {
        using var scope = NewDisposeScope();
        var (layer, x) = Case(kind);
        using var module = nn.Sequential(("norm", nn.LayerNorm(2, dtype: ScalarType.Float64)), ("layer", layer));
        using var bnp = new Bnp(module);
        var parameters = new ModuleParameters(module);
        layer.call(x).square().sum().backward();
        bnp.Precondition();
        using var root = bnp.Root();

        var rows = Networks.Uniform(9, 3, parameters.Dimension);
        var preconditioner = root.Preconditioner;
        var found = preconditioner.Times(rows);
        var state = bnp.State();
        for (var row = 0; row < 3; row++)
        {
            var g = rows[row].clone();
            Transform(layer, state, g);
            Assert.InRange(Networks.Relative(found[row], g), 0, 1e-10);
        }
        // P^T is the transpose of P.
        var identity = eye(parameters.Dimension, dtype: ScalarType.Float64);
        var P = root.Times(identity).t();   // rows of the identity become P's columns
        Assert.InRange(Networks.Relative(root.TransposedTimes(identity), P), 0, 1e-14);
        Assert.InRange(Networks.Relative(preconditioner.Times(identity), P.mm(P.t())), 0, 1e-12);
        var H = Networks.Uniform(10, parameters.Dimension, parameters.Dimension);
        H += H.t();
        Assert.InRange(Networks.Relative(root.Of(SymmetricOperator.Of(H)).Times(identity), P.t().mm(H).mm(P)), 0, 1e-12);
    }

    [Fact]
    public void The_running_statistics_of_single_samples_equal_those_of_their_weighted_mixture()
    {
        using var scope = NewDisposeScope();
        using var layer = nn.Linear(4, 2, dtype: ScalarType.Float64);
        const double rho = 0.9;
        using var bnp = new Bnp(layer, new(rho));
        var x = (3 * Networks.Uniform(11, 40, 4)) + 5;
        for (var t = 0; t < 40; t++)
        {
            layer.zero_grad();
            layer.call(x[t..(t + 1)]).sum().backward();
            bnp.Precondition();
        }
        var weights = tensor(Enumerable.Range(0, 40).Select(t => (1 - rho) * Math.Pow(rho, 39 - t)).ToArray()).unsqueeze(1);
        var old = Math.Pow(rho, 40);
        var mean = (weights * x).sum(dim: 0);   // the initial mean is 0
        var variance = (weights * (x - mean).square()).sum(dim: 0) + (old * (1 + mean.square()));
        var state = bnp.State();
        Assert.InRange(Networks.Relative(state["mean"], mean), 0, 1e-13);
        Assert.InRange(Networks.Relative(state["variance"], variance), 0, 1e-12);
        Assert.Equal(40, bnp.Steps);
    }

    [Fact]
    public void A_layer_called_several_times_in_a_step_counts_as_called_once_with_all_inputs()
    {
        using var scope = NewDisposeScope();
        using var layer = nn.Linear(6, 2, dtype: ScalarType.Float64);
        var x = Networks.Uniform(12, 5, 6) + 1;
        var gradients = new[] { new[] { x }, [x[..2], x[2..]] }.Select(calls =>
        {
            using var bnp = new Bnp(layer);
            layer.zero_grad();
            foreach (var part in calls) layer.call(part).square().sum().backward();
            bnp.Precondition();
            return layer.weight!.grad!.clone();
        }).ToArray();
        Assert.InRange(Networks.Relative(gradients[1], gradients[0]), 0, 1e-14);
    }

    [Fact]
    public void Momentum_and_Adam_use_the_preconditioned_gradients()
    {
        using var scope = NewDisposeScope();
        foreach (var adam in new[] { false, true })
        {
            using var layer = nn.Linear(3, 2, dtype: ScalarType.Float64);
            using var optimizer = adam
                ? (optim.Optimizer)optim.Adam(layer.parameters(), 0.1)
                : optim.SGD(layer.parameters(), 0.1, momentum: 0.9);
            using var bnp = new Bnp(layer);
            var w = layer.weight!.detach().clone();
            var (buffer, second) = (zeros_like(w), zeros_like(w));
            for (var step = 1; step <= 3; step++)
            {
                optimizer.zero_grad();
                layer.call(Networks.Uniform((ulong)step, 7, 3) + 1).square().mean().backward();
                bnp.Precondition();
                var g = layer.weight!.grad!.clone();
                buffer = adam ? (0.9 * buffer) + (0.1 * g) : (0.9 * buffer) + g;
                second = (0.999 * second) + (0.001 * g.square());
                w -= 0.1 * (adam
                    ? buffer / (1 - Math.Pow(0.9, step)) / ((second / (1 - Math.Pow(0.999, step))).sqrt() + 1e-8)
                    : buffer);
                optimizer.step();
            }
            Assert.InRange(Networks.Relative(layer.weight!, w), 0, 1e-12);
        }
    }

    [Fact]
    public void The_forward_pass_is_unchanged_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        using var module = nn.Sequential(nn.Conv2d(2, 3, 3), nn.ReLU(), nn.Flatten(), nn.Linear(12, 2));
        var x = Networks.Uniform(13, 4, 2, 4, 4).to(ScalarType.Float32);
        var before = module.call(x);
        using (var bnp = new Bnp(module))
        {
            Assert.Equal(["0", "3"], bnp.Layers);
            Assert.True(module.call(x).equal(before).all().ToBoolean());
        }
        Assert.True(module.call(x).equal(before).all().ToBoolean());
    }

    [Fact]
    public void Statistics_are_updated_only_in_training_mode_with_gradients_enabled()
    {
        using var scope = NewDisposeScope();
        using var layer = nn.Linear(3, 1, dtype: ScalarType.Float64);
        using var bnp = new Bnp(layer, new(Rho: 0));
        var seen = Networks.Uniform(14, 6, 3);
        layer.call(seen).sum().backward();
        using (no_grad()) layer.call(seen + 100).Dispose();
        layer.eval();
        layer.call(seen + 100).Dispose();
        layer.train();
        bnp.Precondition();
        Assert.InRange(Networks.Relative(bnp.State()["mean"], seen.mean([0])), 0, 1e-14);
    }

    [Fact]
    public void Training_from_a_restored_state_continues_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        var whole = Train(10, null, null);
        var half = Train(5, null, null);
        var resumed = Train(5, half.State, half.Weights);
        Assert.True(whole.Weights.equal(resumed.Weights).all().ToBoolean());
        foreach (var (name, value) in whole.State) Assert.True(value.equal(resumed.State[name]).all().ToBoolean(), name);

        static (Tensor Weights, IReadOnlyDictionary<string, Tensor> State) Train(
            int steps, IReadOnlyDictionary<string, Tensor>? state, Tensor? weights)
        {
            using var module = Network();
            using var bnp = new Bnp(module);
            var parameters = new ModuleParameters(module);
            parameters.Set(weights ?? (0.3 * Networks.Uniform(15, parameters.Dimension)));
            if (state is not null) bnp.Restore(state);
            using var optimizer = optim.SGD(module.parameters(), 0.02);
            for (var i = 0; i < steps; i++)
            {
                optimizer.zero_grad();
                module.call(Networks.Uniform((ulong)(100 + bnp.Steps), 3, 2, 5, 5)).square().mean().backward();
                bnp.Precondition();
                optimizer.step();
            }
            return (parameters.Theta(), bnp.State());
        }
    }

    [Fact]
    public void No_tensor_is_leaked()
    {
        using var module = Network();
        using var x = Networks.Uniform(16, 3, 2, 5, 5);
        using var bnp = new Bnp(module);
        using var optimizer = optim.SGD(module.parameters(), 0.01);
        var total = Tensor.TotalCount;
        Live.AssertUnchanged(() =>
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            module.call(x).square().mean().backward();
            bnp.Precondition();
            optimizer.step();
            using var root = bnp.Root(ScalarType.Float32);
            root.Preconditioner.Times(ones(2, root.Dimension));
            optimizer.zero_grad();
        });
        var after = Tensor.TotalCount;
        Live.AssertUnchanged(() =>
        {
            // A disposed preconditioner leaves no hook in the module.
            using var scope = NewDisposeScope();
            using (var other = new Bnp(module)) module.call(x);
            module.call(x);
        });
        Assert.InRange(after - total, -100, 100);
    }

    private static Sequential Network() => nn.Sequential(
        nn.Conv2d(2, 3, 3, dtype: ScalarType.Float64), nn.Tanh(), nn.Flatten(), nn.Linear(27, 2, dtype: ScalarType.Float64));

    private static (nn.Module<Tensor, Tensor> Layer, Tensor X) Case(string kind)
    {
        const ScalarType Double = ScalarType.Float64;
        var image = (2 * Networks.Uniform(7, 3, 4, 7, 6)) + 0.5;
        (nn.Module<Tensor, Tensor> Layer, Tensor X) made = kind switch
        {
            "dense" => (nn.Linear(5, 3, dtype: Double), Networks.Uniform(7, 23, 5) + 1),
            "dense, few samples" => (nn.Linear(40, 3, dtype: Double), Networks.Uniform(7, 3, 40) + 1),
            "one input" => (nn.Linear(1, 4, dtype: Double), Networks.Uniform(7, 1, 1)),
            "sequences" => (nn.Linear(5, 3, dtype: Double), Networks.Uniform(7, 2, 3, 5)),
            "no bias" => (nn.Linear(5, 3, hasBias: false, dtype: Double), Networks.Uniform(7, 2, 5)),
            "frozen bias" => (nn.Linear(5, 3, dtype: Double), Networks.Uniform(7, 2, 5)),
            "3x3 padded" => (nn.Conv2d(4, 6, 3, padding: 1, dtype: Double), image),
            "stride 2" => (nn.Conv2d(4, 6, 3, stride: 2, dtype: Double), image),
            "dilated" => (nn.Conv2d(4, 2, 3, dilation: 2, padding_mode: PaddingModes.Reflect, padding: 2, dtype: Double), image),
            "groups" => (nn.Conv2d(4, 6, 3, groups: 2, dtype: Double), image),
            "depthwise" => (nn.Conv2d(4, 4, 3, groups: 4, dtype: Double), image),
            "1x1" => (nn.Conv2d(4, 6, 1, dtype: Double), image),
            "uneven taps" => (nn.Conv2d(4, 6, (2, 3), dtype: Double), image),
            "no bias conv" => (nn.Conv2d(4, 6, 3, bias: false, dtype: Double), image),
            // As many weights as 4 x 42 in one row: q > 1.
            "one image" => (nn.Conv2d(4, 2, (7, 6), dtype: Double), image[..1]),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such case"),
        };
        if (kind == "frozen bias") ((Linear)made.Layer).bias!.requires_grad = false;
        foreach (var (seed, parameter) in made.Layer.parameters().Index())
            using (no_grad()) parameter.copy_(Networks.Uniform((ulong)(20 + seed), parameter.shape));
        return made;
    }

    private static (Tensor W, Tensor? B) Gradients(nn.Module layer)
    {
        var gradients = layer.named_parameters().ToDictionary(part => part.name, part => part.parameter.grad?.clone());
        return (gradients["weight"]!, gradients.GetValueOrDefault("bias"));
    }

    /// <summary>The form of appendix E.1 by elements, on g [p] after the four parameters of a norm.</summary>
    private static void Transform(nn.Module<Tensor, Tensor> layer, IReadOnlyDictionary<string, Tensor> state, Tensor g)
    {
        var weight = layer.named_parameters().Single(part => part.name == "weight").parameter;
        var hasBias = layer.named_parameters().Any(part => part.name == "bias" && part.parameter.requires_grad);
        var (outputs, perGroup) = (weight.shape[0], weight.shape[1]);
        var n = weight.numel() / outputs;
        var groups = layer is Conv2d convolution ? convolution.groups : 1;
        var mean = state["layer.mean"].data<double>().ToArray();
        var variance = state["layer.variance"].data<double>().ToArray();
        var smoothed = variance.Select(one => one + (0.01 * variance.Max()) + 0.0001).ToArray();
        var squaredNorm = Math.Max((double)n / state["layer.rows"].data<long>()[0], 1);
        var values = g.data<double>().ToArray();
        for (var i = 0; i < outputs; i++)
        {
            var b = hasBias ? values[4 + weight.numel() + i] : 0;
            var centred = b;
            for (var k = 0; k < n; k++)
            {
                var channel = (i / (outputs / groups) * perGroup) + (k / (n / perGroup));
                var at = 4 + (i * n) + k;
                values[at] = (values[at] - (mean[channel] * b)) / smoothed[channel];
                centred -= mean[channel] * values[at];
                values[at] /= squaredNorm;
            }
            if (hasBias) values[4 + weight.numel() + i] = centred / squaredNorm;
        }
        g.copy_(tensor(values));
    }
}
