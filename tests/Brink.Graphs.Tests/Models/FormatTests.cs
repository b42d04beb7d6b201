using Brink.Objectives;
using Brink.Spectra;

namespace Brink.Graphs.Tests.Models;

/// <summary>One network in several formats: ONNX by both exporters, torch.export, and TorchScript on libtorch.</summary>
public sealed class FormatTests
{
    private const int Ends = 3;

    public static TheoryData<string> Networks() =>
        ["mlp-tanh-mse", "mlp-gelu-opset13", "cnn-batch-norm", "conv1d-mish", "sine-regression", "vit"];

    [Theory, MemberData(nameof(Networks))]
    public void All_formats_have_the_same_spectrum(string name)
    {
        using var scope = NewDisposeScope();
        var script = OfScript(name);
        foreach (var file in new[] { "model.onnx", "legacy.onnx", "model.pt2" })
        {
            if (!File.Exists(Path.Combine(SharedModels.Root, name, file))) continue;
            var network = new ExpectedNetwork($"{name}/{file}");
            var model = network.Model();
            using var objective = network.Objective(model);
            using var engine = objective.OnEngine(ScalarType.Float64);
            using var expansion = engine.ExpandAt(model.Theta());
            var values = Spectrum(expansion.Hessian());
            Assert.All(script.Zip(values), pair => Assert.InRange(pair.Second - pair.First, -1e-10 * script[0], 1e-10 * script[0]));
        }
    }

    private static double[] OfScript(string name)
    {
        var path = SharedModels.Required($"{name}/model.pt");
        var network = new ExpectedNetwork($"{name}/model.pt");
        // libtorch's fused kernel for attention on the CPU has no second derivative.
        backends.cuda.enable_flash_sdp(false);
        using var module = jit.load<Tensor, Tensor>(path);
        module.eval();
        module.to(ScalarType.Float64);
        var parameters = new ModuleParameters(module);
        var x = network.Arrays.Single(pair => pair.Key != "y").Value.to(ScalarType.Float64);
        var y = network.Arrays["y"];
        var loss = parameters.Sum(1, _ => network.Loss == GraphLoss.CrossEntropy
            ? nn.functional.cross_entropy(module.call(x), y)
            : (module.call(x) - y.to(ScalarType.Float64)).square().mean() * network.Scale);
        using var expansion = loss.ExpandAt(parameters.Theta());
        return Spectrum(expansion.Hessian());
    }

    private static double[] Spectrum(Algebra.SymmetricOperator hessian)
    {
        using var pairs = new Lanczos(Ends, Ends, 1e-8) { MaxProducts = 4000, MaxBasis = 200 }.Solve(hessian);
        return [.. pairs.Top.Values, .. pairs.Bottom.Values];
    }
}
