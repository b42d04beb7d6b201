using Brink.Objectives;
using TorchSharp.Modules;

namespace Brink.Tests.Objectives;

/// <summary>The loss of a TorchSharp module, against the same loss of a function of the flat vector.</summary>
public sealed class ModuleTests
{
    private const int Samples = 23;   // not a multiple of the micro-batch

    [Theory]
    [InlineData(23)]
    [InlineData(5)]
    public void A_module_has_the_derivatives_of_the_function_it_computes(int microBatch)
    {
        using var scope = NewDisposeScope();
        using var network = new Odd();
        var (x, y) = Data();
        var parameters = new ModuleParameters(network);
        var loss = parameters.MeanLoss(network.forward, EmpiricalLoss.SquaredError, x, y, microBatch);
        var flat = EmpiricalLoss.Over(parameters.Dimension, network.Flat, EmpiricalLoss.SquaredError, x, y, microBatch);
        var theta = parameters.Theta();
        var v = randn(2, parameters.Dimension, dtype: ScalarType.Float64);

        Assert.Equal(["unused", "first.weight", "first.bias", "second.bias", "last.bias"], parameters.Parts.Select(part => part.Name));
        Close(flat.Loss(theta), loss.Loss(theta), 1e-14);
        Close(flat.LossAndGradient(theta).Gradient, loss.LossAndGradient(theta).Gradient);
        using var a = flat.ExpandAt(theta);
        using var b = loss.ExpandAt(theta);
        Close(a.HessianTimes(v), b.HessianTimes(v));
        Close(a.ThirdDerivative(v[0], v[1]), b.ThirdDerivative(v[0], v[1]));
        Close(GaussNewton.At(flat, theta).Times(v), GaussNewton.At(loss, theta).Times(v));
    }

    [Fact]
    public void Expansions_at_two_points_do_not_disturb_each_other()
    {
        using var scope = NewDisposeScope();
        using var network = new Odd();
        var (x, y) = Data();
        var parameters = new ModuleParameters(network);
        var loss = parameters.MeanLoss(network.forward, EmpiricalLoss.SquaredError, x, y, 10);
        var flat = EmpiricalLoss.Over(parameters.Dimension, network.Flat, EmpiricalLoss.SquaredError, x, y, 10);
        var here = parameters.Theta();
        var there = here + 0.3;
        var v = randn(parameters.Dimension, dtype: ScalarType.Float64);
        using var first = loss.ExpandAt(here);
        using var second = loss.ExpandAt(there);
        using var a = flat.ExpandAt(here);
        using var b = flat.ExpandAt(there);

        Close(b.HessianTimes(v), second.HessianTimes(v));
        Close(a.HessianTimes(v), first.HessianTimes(v));
        Close(b.ThirdDerivative(v, v), second.ThirdDerivative(v, v));
        Close(a.HessianTimes(v), first.HessianTimes(v));
    }

    [Fact]
    public void Gradients_of_the_module_are_unchanged()
    {
        using var scope = NewDisposeScope();
        using var network = new Odd();
        var (x, y) = Data();
        (network.forward(x) - y).square().sum().backward();
        var before = network.parameters().Select(parameter => parameter.grad?.clone()).ToArray();
        var parameters = new ModuleParameters(network);
        var loss = parameters.MeanLoss(network.forward, EmpiricalLoss.SquaredError, x, y, 8);

        using (var expansion = loss.ExpandAt(parameters.Theta()))
            expansion.ThirdDerivative(expansion.Gradient, expansion.Gradient).Dispose();

        var after = network.parameters().Select(parameter => parameter.grad).ToArray();
        Assert.Contains(before, gradient => gradient is null);   // the parameter that the loss does not depend on
        foreach (var (old, now) in before.Zip(after))
            Assert.True(old is null ? now is null : old.equal(now!).all().ToBoolean());
    }

    [Fact]
    public void A_module_without_trainable_parameters_is_refused()
    {
        using var nothing = nn.ReLU();
        Assert.Contains(
            "no parameters", Assert.Throws<ArgumentException>(() => new ModuleParameters(nothing)).Message, StringComparison.Ordinal);
        using var frozen = nn.Linear(2, 2);
        foreach (var parameter in frozen.parameters()) parameter.requires_grad = false;
        Assert.Contains("frozen", Assert.Throws<ArgumentException>(() => new ModuleParameters(frozen)).Message, StringComparison.Ordinal);
        using var mixed = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2, dtype: ScalarType.Float64));
        Assert.Contains(
            "1.weight is Float64", Assert.Throws<ArgumentException>(() => new ModuleParameters(mixed)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tied_parameter_counts_once_in_any_layout()
    {
        using var scope = NewDisposeScope();
        using var network = nn.Linear(3, 4, dtype: ScalarType.Float64);
        network.weight = nn.Parameter(randn(3, 4, dtype: ScalarType.Float64).t());
        var parameters = new ModuleParameters(network);
        Assert.False(network.weight.is_contiguous());
        // Another wrapper of the same memory, as a TorchScript module gives at every call.
        Assert.Equal(0, parameters.IndexOf(network.weight.alias()));
        Assert.Equal(-1, parameters.IndexOf(network.weight.clone()));
        using var aliased = nn.Sequential(network, new Tied(network.weight.detach().alias()));
        Assert.Equal(parameters.Dimension, new ModuleParameters(aliased).Dimension);
        using var turned = nn.Sequential(network, new Tied(network.weight.detach().t()));
        Assert.Contains(
            "share memory in two layouts",
            Assert.Throws<ArgumentException>(() => new ModuleParameters(turned)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_block_of_a_layer_by_name_equals_that_of_the_dense_Hessian()
    {
        using var scope = NewDisposeScope();
        using var network = new Odd();
        var (x, y) = Data();
        var parameters = new ModuleParameters(network);
        Assert.Equal(
            [new("unused", 0, 7), new("first", 7, 20), new("second", 27, 4), new("last", 31, 4)], parameters.Layers);
        using var expansion = parameters.MeanLoss(network.forward, EmpiricalLoss.SquaredError, x, y, 23).ExpandAt(parameters.Theta());
        var H = expansion.Hessian();
        var dense = H.Times(eye(parameters.Dimension, dtype: ScalarType.Float64));
        AssertBlock([.. Enumerable.Range(7, 20)], "first");
        AssertBlock([.. Enumerable.Range(7, 16)], "first.weight");
        AssertBlock([.. Enumerable.Range(23, 4), .. Enumerable.Range(31, 4)], "last", "first.bias");
        Assert.Contains(
            "the module has no parameter or submodule fir; it has unused, first.weight",
            Assert.Throws<ArgumentException>(() => parameters.Restricted(H, "fir")).Message,
            StringComparison.Ordinal);

        void AssertBlock(int[] coordinates, params string[] names)
        {
            var index = tensor(Array.ConvertAll(coordinates, i => (long)i));
            var block = parameters.Restricted(H, names);
            Assert.Equal(coordinates.Length, block.Dimension);
            Close(
                dense.index_select(0, index).index_select(1, index),
                block.Times(eye(block.Dimension, dtype: ScalarType.Float64)));
        }
    }

    [Fact]
    public void No_tensor_is_leaked()
    {
        using var network = new Odd();
        var (x, y) = Data();
        var parameters = new ModuleParameters(network);
        var loss = parameters.MeanLoss(network.forward, EmpiricalLoss.SquaredError, x, y, 8);
        Live.AssertUnchanged(() =>
        {
            using var theta = parameters.Theta();
            using var expansion = loss.ExpandAt(theta);
            using var moved = theta + 0.1;
            loss.LossAndGradient(moved).Gradient.Dispose();
            expansion.HessianTimes(expansion.Gradient).Dispose();
            using var row = expansion.Gradient.unsqueeze(0);
            GaussNewton.At(loss, theta).Times(row).Dispose();
        });
    }

    [Fact]
    public void The_Gauss_Newton_matrix_of_a_squared_error_is_twice_the_mean_of_J_transposed_J()
    {
        using var scope = NewDisposeScope();
        using var network = new Odd();
        var (x, y) = Data();
        var parameters = new ModuleParameters(network);
        var theta = parameters.Theta();
        var flat = EmpiricalLoss.Over(parameters.Dimension, network.Flat, EmpiricalLoss.SquaredError, x, y, 8);
        var p = parameters.Dimension;
        var G = GaussNewton.At(flat, theta).Times(eye(p, dtype: ScalarType.Float64));
        // J by central differences: exact to h^2.
        const double h = 1e-5;
        var J = stack([.. Enumerable.Range(0, (int)p).Select(i =>
        {
            var step = zeros_like(theta);
            step[i] = h;
            return ((network.Flat(theta + step, x) - network.Flat(theta - step, x)) / (2 * h)).flatten();
        })]);
        Close(2.0 / Samples * J.mm(J.t()), G, 1e-8);
        Assert.True(linalg.eigvalsh((G + G.t()) / 2).min().ToDouble() > -1e-12);
    }

    [Fact]
    public void The_Gauss_Newton_matrix_is_the_Hessian_where_the_model_is_linear()
    {
        using var scope = NewDisposeScope();
        var x = randn(Samples, 4, dtype: ScalarType.Float64);
        var labels = nn.functional.one_hot(randint(0, 3, Samples), 3).to(ScalarType.Float64);
        var loss = EmpiricalLoss.Over(
            12, (theta, inputs) => inputs.mm(theta.view(4, 3)), EmpiricalLoss.CrossEntropy, x, labels, 6, weightDecay: 0.1);
        var theta = randn(12, dtype: ScalarType.Float64);
        var identity = eye(12, dtype: ScalarType.Float64);
        using var expansion = loss.ExpandAt(theta);
        Close(expansion.HessianTimes(identity), GaussNewton.At(loss, theta).Times(identity), 1e-12);
    }

    private static (Tensor X, Tensor Y) Data()
    {
        using var generator = new Generator(3, CPU);
        return (
            randn(Samples, 4, dtype: ScalarType.Float64, generator: generator),
            randn(Samples, 4, dtype: ScalarType.Float64, generator: generator));
    }

    private static void Close(double expected, double actual, double tolerance) =>
        Assert.InRange(Math.Abs(expected - actual) / Math.Abs(expected), 0, tolerance);

    private static void Close(Tensor expected, Tensor actual, double tolerance = 1e-12) =>
        Assert.InRange(((expected - actual).norm() / expected.norm()).ToDouble(), 0, tolerance);

    /// <summary>A module with one parameter in a given tensor.</summary>
    private sealed class Tied : nn.Module<Tensor, Tensor>
    {
        private readonly Parameter weight;

        public Tied(Tensor memory)
            : base(nameof(Tied))
        {
            weight = nn.Parameter(memory);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x) => x.mm(weight);
    }

    /// <summary>Two layers that share their weight, one frozen, and a parameter that the loss does not depend on.</summary>
    private sealed class Odd : nn.Module<Tensor, Tensor>
    {
        private readonly Linear first = nn.Linear(4, 4, dtype: ScalarType.Float64);
        private readonly Linear second = nn.Linear(4, 4, dtype: ScalarType.Float64);
        private readonly Parameter unused = nn.Parameter(ones(7, dtype: ScalarType.Float64));
        private readonly Linear last = nn.Linear(4, 4, dtype: ScalarType.Float64);

        public Odd()
            : base(nameof(Odd))
        {
            second.weight = first.weight;
            last.weight!.requires_grad = false;
            RegisterComponents();
        }

        public override Tensor forward(Tensor x) => last.forward(second.forward(first.forward(x).tanh()).tanh());

        /// <summary>The same function of the trainable parameters in one vector.</summary>
        public Tensor Flat(Tensor theta, Tensor x)
        {
            var W = theta.narrow(0, 7, 16).view(4, 4);
            var (a, b, c) = (theta.narrow(0, 23, 4), theta.narrow(0, 27, 4), theta.narrow(0, 31, 4));
            var h = (x.mm(W.t()) + a).tanh();
            return ((h.mm(W.t()) + b).tanh()).mm(last.weight!.t()) + c;
        }
    }
}
