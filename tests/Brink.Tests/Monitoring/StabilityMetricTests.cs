using Brink.Monitoring;
using Brink.Objectives;
using TorchSharp.Modules;

namespace Brink.Tests.Monitoring;

/// <summary>The edge by the metric, compared with the behaviour of TorchSharp's optimizers on a quadratic.</summary>
public sealed class StabilityMetricTests
{
    private const double Eta = 0.1;

    // With an epsilon this large against gradients this small the preconditioners of RMSProp and Adam are constant.
    private const double Epsilon = 1, Start = 1e-9;

    public static TheoryData<string> Optimizers =>
        ["gd", "momentum", "dampening", "nesterov", "decay", "rmsprop", "rmsprop with momentum", "adam", "adam with decay", "adamw"];

    [Theory, MemberData(nameof(Optimizers))]
    public void An_optimizer_converges_below_the_edge_and_diverges_above_it(string name)
    {
        var (below, _) = Run(name, share: 0.98);
        Assert.True(below < 1e-2 * Start, $"below the edge x went to {below}");
        // Far from the minimum RMSProp and Adam adapt and return: divergence means that the distance has grown.
        var (_, above) = Run(name, share: 1.02);
        Assert.True(above > 1e3 * Start, $"above the edge x came to {above} at most");
    }

    [Theory]
    [InlineData("gd", 2 / Eta)]
    [InlineData("momentum", (2 + (2 * 0.9)) / Eta)]
    [InlineData("nesterov", (2 + (2 * 0.9)) / ((1 + (2 * 0.9)) * Eta))]
    [InlineData("rmsprop", 2 / Eta)]
    [InlineData("adam", (2 + (2 * 0.9)) / ((1 - 0.9) * Eta))]
    public void The_edge_agrees_with_the_literature(string name, double edge) =>
        Assert.Equal(edge, Edge(name), edge * 1e-6);

    [Fact]
    public void Groups_have_their_own_learning_rates_and_untrained_parameters_do_not_count()
    {
        using var network =
            nn.Sequential(("a", nn.Linear(2, 1, hasBias: false)), ("b", nn.Linear(1, 1, hasBias: false)), ("c", nn.Linear(1, 1)));
        var weights = network.parameters().ToArray();
        using var optimizer = optim.SGD(
            new SGD.ParamGroup[]
            {
                new() { Parameters = [weights[1]], Options = new() { LearningRate = 0.5 } },
                new() { Parameters = [weights[0]], Options = new() { LearningRate = 0.25, momentum = 0.5 } },
            },
            0.1);
        var metric = StabilityMetric.Of(optimizer, new ModuleParameters(network));
        var squares = metric.Scale.square().to(ScalarType.Float64).data<double>().ToArray();
        double[] expected = [0.25 / 1.5, 0.25 / 1.5, 0.5, 0, 0];
        foreach (var (one, other) in expected.Zip(squares)) Assert.Equal(one, other, 1e-7);
        Assert.Null(metric.Uniform);
    }

    [Fact]
    public void Unsupported_optimizers_are_refused()
    {
        using var network = nn.Linear(2, 2);
        using var other = nn.Linear(2, 2);
        var parameters = new ModuleParameters(network);
        using var adagrad = optim.Adagrad(network.parameters());
        Assert.Contains(
            "Adagrad", Assert.Throws<ArgumentException>(() => StabilityMetric.Of(adagrad, parameters)).Message, StringComparison.Ordinal);
        using var otherModule = optim.SGD(other.parameters(), 0.1);
        Assert.Contains(
            "trains no parameter of",
            Assert.Throws<ArgumentException>(() => StabilityMetric.Of(otherModule, parameters)).Message,
            StringComparison.Ordinal);
        using var maximizing = optim.SGD(network.parameters(), 0.1, maximize: true);
        Assert.Contains(
            "maximizes",
            Assert.Throws<ArgumentException>(() => StabilityMetric.Of(maximizing, parameters)).Message,
            StringComparison.Ordinal);
    }

    /// <summary>The curvature at which the effective sharpness is 2 by the metric.</summary>
    private static double Edge(string name)
    {
        using var scope = NewDisposeScope();
        using var module = new Quadratic();
        using var optimizer = Settled(name, module);
        var metric = StabilityMetric.Of(optimizer, new ModuleParameters(module));
        return (2 / metric.Scale.square().ToDouble()) - metric.Decay.ToDouble();
    }

    private static (double Last, double Largest) Run(string name, double share)
    {
        using var scope = NewDisposeScope();
        using var module = new Quadratic();
        using var optimizer = Settled(name, module);
        module.Curvature = share * Edge(name);
        var (last, largest) = (0.0, 0.0);
        for (var t = 0; t < 2000 && largest < 1e9; t++)
        {
            module.Descend(optimizer);
            last = Math.Abs(module.X.ToDouble());
            largest = Math.Max(largest, last);
        }
        return (last, largest);
    }

    /// <summary>At the start, but late enough for Adam's bias corrections to be gone.</summary>
    private static optim.Optimizer Settled(string name, Quadratic module)
    {
        var optimizer = Optimizer(name, module);
        for (var t = 0; t < 8000; t++) module.Descend(optimizer);
        using var quiet = no_grad();
        module.X.fill_(Start);
        return optimizer;
    }

    private static optim.Optimizer Optimizer(string name, Quadratic module)
    {
        var all = module.parameters();
        return name switch
        {
            "gd" => optim.SGD(all, Eta),
            "momentum" => optim.SGD(all, Eta, momentum: 0.9),
            "dampening" => optim.SGD(all, Eta, momentum: 0.9, dampening: 0.3),
            "nesterov" => optim.SGD(all, Eta, momentum: 0.9, nesterov: true),
            "decay" => optim.SGD(all, Eta, momentum: 0.5, weight_decay: 3),
            "rmsprop" => optim.RMSProp(all, Eta, eps: Epsilon),
            "rmsprop with momentum" => optim.RMSProp(all, Eta, eps: Epsilon, momentum: 0.7),
            "adam" => optim.Adam(all, Eta, eps: Epsilon),
            "adam with decay" => optim.Adam(all, Eta, beta1: 0.5, eps: Epsilon, weight_decay: 4, amsgrad: true),
            "adamw" => optim.AdamW(all, Eta, eps: Epsilon, weight_decay: 2),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such optimizer"),
        };
    }

    /// <summary>curvature x^2 / 2.</summary>
    private sealed class Quadratic : nn.Module
    {
        private readonly Parameter x = nn.Parameter(full([1], Start, dtype: ScalarType.Float64));

        public Quadratic()
            : base(nameof(Quadratic)) => RegisterComponents();

        public Tensor X => x;

        public double Curvature { get; set; }

        public void Descend(optim.Optimizer optimizer)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            (Curvature / 2 * x.square().sum()).backward();
            optimizer.step();
        }
    }
}
