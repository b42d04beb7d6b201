using Brink.Optimizers;
using TorchSharp.Modules;

namespace Brink.Tests.Optimizers;

/// <summary>Invalid input is reported and changes nothing.</summary>
public sealed class BnpInputTests
{
    [Fact]
    public void A_module_without_layers_to_precondition_is_refused()
    {
        using var scope = NewDisposeScope();
        using var norm = nn.Sequential(nn.LayerNorm(3), nn.ReLU());
        Refused(norm, "no Linear or Conv2d layer");
        using var nothing = nn.ReLU();
        Refused(nothing, "no Linear or Conv2d layer");
        using var frozen = nn.Linear(2, 2);
        frozen.weight!.requires_grad = false;
        Refused(frozen, "no Linear or Conv2d layer");
    }

    [Fact]
    public void Layers_that_share_a_parameter_are_refused_by_name()
    {
        using var tied = new Tied(shareWithEmbedding: false);
        Refused(tied, "first and second share a parameter");
        using var embedding = new Tied(shareWithEmbedding: true);
        Refused(embedding, "first and words share a parameter");
    }

    [Theory]
    [InlineData(1.0, 0.01, 1e-4, 1.0, "Rho is 1;")]
    [InlineData(-0.1, 0.01, 1e-4, 1.0, "Rho is -0.1;")]
    [InlineData(double.NaN, 0.01, 1e-4, 1.0, "Rho is NaN;")]
    [InlineData(0.9, -1.0, 1e-4, 1.0, "RelativeFloor is -1;")]
    [InlineData(0.9, 0.0, 0.0, 1.0, "AbsoluteFloor is 0; it must be above 0")]
    [InlineData(0.9, 0.01, double.PositiveInfinity, 1.0, "AbsoluteFloor")]
    [InlineData(0.9, 0.01, 1e-4, -1.0, "InitialVariance is -1;")]
    public void Settings_out_of_range_are_named_in_the_error(double rho, double relative, double absolute, double variance, string expected)
    {
        using var layer = nn.Linear(2, 2);
        var refused = Assert.Throws<ArgumentException>(() => new Bnp(layer, new(rho, relative, absolute, InitialVariance: variance)));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_non_finite_gradient_is_named_and_nothing_is_updated()
    {
        using var scope = NewDisposeScope();
        using var module = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2));
        using var bnp = new Bnp(module);
        Backward(1);
        bnp.Precondition();
        Backward(2);
        module.parameters().Last().grad![0] = float.NaN;   // 2.bias
        var (before, gradients) = (bnp.State(), Gradients());

        var thrown = Assert.Throws<ArithmeticException>(bnp.Precondition);

        Assert.StartsWith(
            "step 2: the gradient of 2.bias is not finite; no gradient was changed", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(1, bnp.Steps);
        foreach (var (name, value) in bnp.State()) Assert.True(value.equal(before[name]).all().ToBoolean(), name);
        foreach (var (old, now) in gradients.Zip(Gradients())) Assert.True(old.allclose(now, rtol: 0, atol: 0, equal_nan: true));
        // The next step is as if the failed one had not occurred.
        Backward(3);
        bnp.Precondition();
        Assert.Equal(2, bnp.Steps);

        void Backward(ulong seed)
        {
            module.zero_grad();
            module.call(Networks.Uniform(seed, 5, 3).to(ScalarType.Float32)).square().sum().backward();
        }

        Tensor[] Gradients() => [.. module.parameters().Select(parameter => parameter.grad!.clone())];
    }

    [Fact]
    public void Large_gradients_whose_sum_overflows_count_as_finite()
    {
        using var scope = NewDisposeScope();
        using var layer = nn.Linear(3, 2);
        using var bnp = new Bnp(layer);
        (layer.call(ones(1, 3)).sum() * 2e38f).backward();
        bnp.Precondition();
        Assert.Equal(1, bnp.Steps);
    }

    [Fact]
    public void Missing_inputs_are_reported()
    {
        using var scope = NewDisposeScope();
        using var layer = nn.Linear(3, 2);
        using var bnp = new Bnp(layer);
        Assert.Contains("call backward()", Assert.Throws<InvalidOperationException>(bnp.Precondition).Message, StringComparison.Ordinal);
        layer.forward(ones(4, 3)).sum().backward();   // runs no hooks
        Assert.Contains("call(x)", Assert.Throws<InvalidOperationException>(bnp.Precondition).Message, StringComparison.Ordinal);
        layer.call(ones(4, 3)).sum().backward();
        bnp.Precondition();
        var twice = Assert.Throws<InvalidOperationException>(bnp.Precondition).Message;
        Assert.StartsWith("step 2: layer (the module itself) has a gradient, but no input", twice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_of_another_module_is_refused()
    {
        using var scope = NewDisposeScope();
        using var module = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2));
        using var other = nn.Sequential(nn.Linear(3, 5), nn.Linear(5, 2));
        using var longer = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2), nn.Linear(2, 2));
        using var bnp = new Bnp(module);
        using var second = new Bnp(other);
        using var third = new Bnp(longer);
        Refuses(second.State(), "1.mean is Float32 [5] in the state; this module needs Float32 [4]");
        Refuses(third.State(), "the state has 2.mean, which this module does not have");
        var missing = bnp.State().Where(pair => pair.Key != "0.rows").ToDictionary();
        Refuses(missing, "the state has no 0.rows");
        var damaged = bnp.State().ToDictionary();
        damaged["0.variance"][0] = -1f;
        Refuses(damaged, "0.variance in the state is negative or not finite");

        void Refuses(IReadOnlyDictionary<string, Tensor> state, string expected) =>
            Assert.Contains(expected, Assert.Throws<ArgumentException>(() => bnp.Restore(state)).Message, StringComparison.Ordinal);
    }

    private static void Refused(nn.Module module, string expected) =>
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => new Bnp(module)).Message, StringComparison.Ordinal);

    private sealed class Tied : nn.Module<Tensor, Tensor>
    {
        private readonly Linear first = nn.Linear(4, 4);
        private readonly Linear second = nn.Linear(4, 4);
        private readonly Embedding words = nn.Embedding(4, 4);

        public Tied(bool shareWithEmbedding)
            : base(nameof(Tied))
        {
            if (shareWithEmbedding) words.weight = first.weight!;
            else second.weight = first.weight;
            RegisterComponents();
        }

        public override Tensor forward(Tensor x) => second.call(first.call(x));
    }
}
