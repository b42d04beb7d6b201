using Brink.Optimizers.SaddleEscape;
using static TorchSharp.torch.nn;

namespace Brink.Tests.Optimizers.SaddleEscape;

/// <summary>The optimizers in an ordinary training loop.</summary>
public class ModuleOptimizerTests
{
    private static readonly KrylovCubicSolver Tight = new(1e-10, 1e-6);

    [Fact]
    public void Without_noise_perturbed_SGD_is_SGD()
    {
        using var scope = NewDisposeScope();
        var (model, other, x, y) = Setting();
        using var generator = new Generator(1, CPU);
        var ours = ModuleOptimizer.PerturbedSgd(model, new(0.1, 1, 0), generator);
        using var theirs = optim.SGD(other.parameters(), 0.1);
        for (var i = 0; i < 5; i++)
        {
            var loss = ours.Step(() => functional.mse_loss(model.forward(x), y));
            theirs.zero_grad();
            using var expected = functional.mse_loss(other.forward(x), y);
            expected.backward();
            theirs.step();
            Assert.Equal(expected.ToDouble(), loss, 1e-14);
        }
        foreach (var (a, b) in model.parameters().Zip(other.parameters()))
            Assert.InRange((a - b).abs().max().ToDouble(), 0, 1e-14);
    }

    [Theory]
    [InlineData("cubic")]
    [InlineData("krylov")]
    [InlineData("zeroth sgd")]
    [InlineData("zeroth cubic")]
    public void Every_method_reduces_the_loss(string method)
    {
        using var scope = NewDisposeScope();
        var (model, _, x, y) = Setting();
        using var generator = new Generator(1, CPU);
        var optimizer = method switch
        {
            "cubic" => ModuleOptimizer.CubicNewton(model, new(1, 1, 1, Tight, ExactUpTo: 100), generator),
            "krylov" => ModuleOptimizer.CubicNewton(model, new(1, 1, 1, Tight, ExactUpTo: 0), generator),
            "zeroth sgd" => ModuleOptimizer.PerturbedSgd(model, new(0.05, 40, 0), generator, smoothing: 1e-4),
            _ => ModuleOptimizer.CubicNewton(model, new(10, 400, 800, Tight), generator, smoothing: 1e-3),
        };
        double[] losses = [.. Enumerable.Range(0, 20).Select(_ => optimizer.Step(() => functional.mse_loss(model.forward(x), y)))];
        Assert.InRange(losses[^1], 0, method.StartsWith("zeroth", StringComparison.Ordinal) ? 0.9 * losses[0] : 0.3 * losses[0]);
    }

    [Fact]
    public void A_non_finite_gradient_is_reported_with_parameter_and_step_and_nothing_is_updated()
    {
        using var scope = NewDisposeScope();
        var (model, _, x, y) = Setting();
        using var generator = new Generator(1, CPU);
        foreach (var optimizer in new[]
        {
            ModuleOptimizer.PerturbedSgd(model, new(0.1, 1, 0.1), generator),
            ModuleOptimizer.CubicNewton(model, new(1, 1, 1, Tight), generator),
        })
        {
            optimizer.Step(() => functional.mse_loss(model.forward(x), y));
            var before = model.parameters().Select(parameter => parameter.clone()).ToArray();
            // The slope of the square root at 0 is infinite, for the bias of the second layer only.
            var e = Assert.Throws<NonFiniteGradientException>(() => optimizer.Step(() =>
            {
                var bias = model.named_parameters().Single(part => part.name == "2.bias").parameter;
                return functional.mse_loss(model.forward(x), y) + (bias - bias.detach()).sqrt().sum();
            }));
            Assert.Equal("gradient of 2.bias at step 1 is not finite; no parameter was updated", e.Message);
            Assert.All(model.parameters().Zip(before), pair => Assert.True(pair.First.equal(pair.Second).all().ToBoolean()));
            // Training can continue.
            Assert.True(double.IsFinite(optimizer.Step(() => functional.mse_loss(model.forward(x), y))));
        }
    }

    [Fact]
    public void Steps_leak_no_tensor()
    {
        using var scope = NewDisposeScope();
        var (model, _, x, y) = Setting();
        using var generator = new Generator(1, CPU);
        ModuleOptimizer[] optimizers =
        [
            ModuleOptimizer.PerturbedSgd(model, new(0.01, 3, 0.01), generator),
            ModuleOptimizer.PerturbedSgd(model, new(0.001, 3, 0.01), generator, smoothing: 1e-3),
            ModuleOptimizer.CubicNewton(model, new(1, 1, 1, Tight), generator),
        ];
        Live.AssertUnchanged(() =>
        {
            foreach (var optimizer in optimizers) optimizer.Step(() => functional.mse_loss(model.forward(x), y));
        });
    }

    private static (TorchSharp.Modules.Sequential Model, TorchSharp.Modules.Sequential Other, Tensor X, Tensor Y) Setting()
    {
        var (model, other) = (Made(), Made());
        using var quiet = no_grad();
        var seed = 20UL;
        foreach (var (a, b) in model.parameters().Zip(other.parameters()))
        {
            a.copy_(Networks.Uniform(seed++, [.. a.shape]));
            b.copy_(a);
        }
        var x = Networks.Uniform(1, 12, 3);
        return (model, other, x, x.square().sum(dim: 1, keepdim: true));

        static TorchSharp.Modules.Sequential Made() => Sequential(
            Linear(3, 6, dtype: ScalarType.Float64), Tanh(), Linear(6, 1, dtype: ScalarType.Float64));
    }
}
