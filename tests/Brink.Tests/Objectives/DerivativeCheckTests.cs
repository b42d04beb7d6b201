using Brink.Objectives;
using TorchSharp.Modules;

namespace Brink.Tests.Objectives;

/// <summary>The check of derivatives against the loss: no finding for correct ones, and the name of the layer for wrong
/// ones.</summary>
public sealed class DerivativeCheckTests
{
    public static TheoryData<string, ScalarType, bool> Families
    {
        get
        {
            var data = new TheoryData<string, ScalarType, bool>();
            foreach (var name in ModelFamilies.Names)
                foreach (var precision in new[] { ScalarType.Float64, ScalarType.Float32 })
                    foreach (var classes in new[] { false, true })
                        data.Add(name, precision, classes);
            return data;
        }
    }

    [Theory, MemberData(nameof(Families))]
    public void Correct_derivatives_raise_no_alarm(string family, ScalarType precision, bool classes)
    {
        using var scope = NewDisposeScope();
        var (model, x) = ModelFamilies.Named(family, precision);
        using (model)
        {
            var outputs = model.forward(x).shape[1];
            var y = classes
                ? nn.functional.one_hot(randint(0, outputs, [ModelFamilies.Samples]), outputs).to(precision)
                : randn(ModelFamilies.Samples, outputs).to(precision);
            var parameters = new ModuleParameters(model);
            var loss = parameters.MeanLoss(
                model.forward, classes ? EmpiricalLoss.CrossEntropy : EmpiricalLoss.SquaredError, x, y, ModelFamilies.Samples);
            for (var seed = 0; seed < 3; seed++)
            {
                var verdict = new DerivativeCheck(seed).At(loss, parameters.Theta(), parameters.Parts);
                Assert.True(verdict.Passed, verdict.Fault);
                Assert.Empty(verdict.Unreached);
                Assert.False(verdict.HasInternalRounding);
                if (precision == ScalarType.Float64) Assert.True(verdict.Undecided is null, verdict.Undecided);
            }
        }
    }

    public static TheoryData<string, string, ScalarType> Faults
    {
        get
        {
            var data = new TheoryData<string, string, ScalarType>();
            const string unreached = "but autograd does not reach";
            const string gradient = "the gradient is not that of the loss";
            const string second = "the second derivative is not";
            foreach (var precision in new[] { ScalarType.Float64, ScalarType.Float32 })
            {
                data.Add("detached", $"the loss changes with embedding.weight, first.weight, first.bias, {unreached} them", precision);
                data.Add("detached weight", $"the loss changes with first.weight, {unreached} it", precision);
                data.Add("rounded activations", $"the loss changes with first.weight, first.bias, {unreached} them", precision);
                data.Add("weight norm", second, precision);
            }
            // In float32 the rounding of the loss hides these slopes along all parameters, and the products may show the fault first.
            foreach (var (precision, quantity) in new[] { (ScalarType.Float64, gradient), (ScalarType.Float32, " is not ") })
            {
                data.Add("embedding by frequency", quantity, precision);
                data.Add("half detached", quantity, precision);
                data.Add("scaled gradient", quantity, precision);
            }
            return data;
        }
    }

    [Theory, MemberData(nameof(Faults))]
    public void A_wrong_derivative_is_named(string kind, string expected, ScalarType precision)
    {
        using var scope = NewDisposeScope();
        using var model = new Faulty(kind);
        model.to(precision);
        var x = kind == "embedding by frequency" ? randint(0, 4, [30, 5]) : randn(30, 5).to(precision);
        var parameters = new ModuleParameters(model);
        var loss = parameters.MeanLoss(model.forward, EmpiricalLoss.SquaredError, x, randn(30, 2).to(precision), 30);
        var verdict = new DerivativeCheck().At(loss, parameters.Theta(), parameters.Parts);
        Assert.Contains(expected, verdict.Fault, StringComparison.Ordinal);
        Assert.Contains("relative error", verdict.Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ScalarType.Float16, 1e-5, 1e-2)]
    [InlineData(ScalarType.Float32, 1e-9, 1e-4)]
    public void Internal_rounding_is_not_a_fault_and_its_noise_is_measured(ScalarType inside, double least, double most)
    {
        using var scope = NewDisposeScope();
        using var model = new Faulty("through " + inside);
        model.to(ScalarType.Float64);
        var (x, y) = (randn(50, 5).to(ScalarType.Float64), randn(50, 2).to(ScalarType.Float64));
        var parameters = new ModuleParameters(model);
        var loss = parameters.MeanLoss(model.forward, EmpiricalLoss.SquaredError, x, y, 50);
        var verdict = new DerivativeCheck().At(loss, parameters.Theta(), parameters.Parts);
        Assert.True(verdict.Passed, verdict.Fault);
        Assert.True(verdict.HasInternalRounding);
        Assert.InRange(verdict.ProductNoise, least, most);

        // The noise is as large as the change by the rounding.
        using var exact = new Faulty("none");
        exact.to(ScalarType.Float64);
        var same = new ModuleParameters(exact);
        same.Set(parameters.Theta());
        using var a = loss.ExpandAt(parameters.Theta());
        using var b = same.MeanLoss(exact.forward, EmpiricalLoss.SquaredError, x, y, 50).ExpandAt(parameters.Theta());
        var v = randn(parameters.Dimension, dtype: ScalarType.Float64);
        Assert.InRange(Networks.Relative(a.HessianTimes(v), b.HessianTimes(v)), 0, 10 * verdict.ProductNoise);
    }

    [Fact]
    public void A_parameter_without_influence_is_named_and_is_not_a_fault()
    {
        using var scope = NewDisposeScope();
        using var model = new Faulty("unused");
        model.to(ScalarType.Float64);
        var parameters = new ModuleParameters(model);
        var loss = parameters.MeanLoss(
            model.forward, EmpiricalLoss.SquaredError, randn(30, 5).to(ScalarType.Float64), randn(30, 2).to(ScalarType.Float64), 30);
        var verdict = new DerivativeCheck().At(loss, parameters.Theta(), parameters.Parts);
        Assert.True(verdict.Passed, verdict.Fault);
        Assert.Equal(["embedding.weight", "first.bias"], verdict.WithoutInfluence.Order());
    }

    [Fact]
    public void A_check_leaves_the_module_unchanged_and_leaks_no_tensor()
    {
        using var scope = NewDisposeScope();
        using var model = new Faulty("none");
        var parameters = new ModuleParameters(model);
        var (x, y) = (randn(30, 5), randn(30, 2));
        var loss = parameters.MeanLoss(model.forward, EmpiricalLoss.SquaredError, x, y, 30);
        using var theta = parameters.Theta();
        Live.AssertUnchanged(() => new DerivativeCheck().At(loss, theta, parameters.Parts));
        Assert.True(parameters.Theta().equal(theta).all().ToBoolean());
    }

    /// <summary>A network of first, an operation that hides or changes its derivative, and last.</summary>
    private sealed class Faulty : nn.Module<Tensor, Tensor>
    {
        private static readonly jit.CompilationUnit Script =
            jit.compile("def weight_norm(v, g):\n    return torch._weight_norm(v, g, 0)\n");

        private readonly string _kind;
        private readonly Embedding embedding;
        private readonly Linear first = nn.Linear(5, 6);
        private readonly Linear last = nn.Linear(6, 2);

        public Faulty(string kind) : base(nameof(Faulty))
        {
            random.manual_seed(1);
            _kind = kind;
            embedding = nn.Embedding(4, 5, scale_grad_by_freq: true);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            if (_kind == "embedding by frequency") return last.forward(first.forward(embedding.forward(x).mean([1])).tanh());
            // The other networks must not have parameters without gradient.
            if (_kind != "unused") x = x + (embedding.weight!.mean() * 0.1);
            var z = first.forward(x);
            return last.forward(_kind switch
            {
                "detached" => z.detach().tanh(),
                "detached weight" => nn.functional.linear(x, first.weight!.detach(), first.bias).tanh(),
                "rounded activations" => (z.tanh() * 16).round() / 16,
                "half detached" => z.tanh() * z.detach().tanh(),
                "scaled gradient" => ((z * 0.5) + (z * 0.5).detach()).tanh(),
                "weight norm" => nn.functional.linear(
                    x, (Tensor)Script.invoke("weight_norm", first.weight!, first.bias!.unsqueeze(1))).tanh(),
                "unused" => nn.functional.linear(x, first.weight!).tanh(),
                "through Float16" => z.tanh().to(ScalarType.Float16).to(x.dtype),
                "through Float32" => z.tanh().to(ScalarType.Float32).to(x.dtype),
                _ => z.tanh(),
            });
        }
    }
}
