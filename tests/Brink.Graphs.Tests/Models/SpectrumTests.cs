using Brink.Objectives;
using Brink.Spectra;

namespace Brink.Graphs.Tests.Models;

/// <summary>Networks of other programs on both engines, against outputs and dense spectra of those programs.</summary>
public sealed class SpectrumTests
{
    public static TheoryData<string> Files() =>
        [.. SharedModels.Files(".onnx").Concat(SharedModels.Files(".pt2"))
            .Distinct(StringComparer.Ordinal)
            .Where(file => !file.StartsWith("refused/", StringComparison.Ordinal))
            .Where(file => !file.StartsWith("larger/", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Files))]
    public void Outputs_equal_those_of_the_framework(string file)
    {
        using var scope = NewDisposeScope();
        var network = new ExpectedNetwork(file);
        if (file.Contains("training", StringComparison.Ordinal)) Assert.Skip("the stored outputs are those of inference");
        var model = network.Model();
        using var objective = network.Objective(model);
        var expected = network.Output()!;
        var actual = objective.OutputsAt(model.Theta())[0];
        Assert.Equal(expected.numel(), actual.numel());
        var error = (actual.flatten() - expected.flatten()).abs().max().item<double>();
        Assert.InRange(error, 0, 1e-6 * Math.Max(1, expected.abs().max().item<double>()));
    }

    /// <summary>A reference that was computed in float32 is compared to its accuracy, and the dense Hessian of libtorch's
    /// automatic differentiation in float64 takes its place at 1e-8.</summary>
    [Theory, MemberData(nameof(Files))]
    public void Spectrum_equals_the_dense_one(string file)
    {
        using var scope = NewDisposeScope();
        var network = new ExpectedNetwork(file);
        if (!network.HasReference) Assert.Skip("folded batch norm has another Hessian");
        if (!network.ReferenceIsSingle)
        {
            Compare(network, loss: 1e-10, gradient: 1e-9, spectrum: 1e-8);
            return;
        }
        Compare(network, loss: 1e-6, gradient: 1e-6, spectrum: 1e-6);
        var model = network.Model();
        using var objective = network.Objective(model);
        using var engine = objective.OnEngine(ScalarType.Float64);
        var theta = model.Theta();
        using var ours = engine.ExpandAt(theta);
        using var theirs = objective.OnAutograd(ScalarType.Float64, 500).ExpandAt(theta);
        var hessian = theirs.Hessian();
        var dense = linalg.eigvalsh(stack([.. eye(theta.shape[0], dtype: ScalarType.Float64).unbind().Select(hessian.Times)]));
        using var pairs = new Lanczos(5, 2, 1e-9) { MaxProducts = 4000, MaxBasis = 200 }.Solve(ours.Hessian());
        var largest = dense.abs().max().item<double>();
        for (var i = 0; i < 5; i++) Assert.InRange(pairs.Top.Values[i] - dense[-1 - i].item<double>(), -1e-8 * largest, 1e-8 * largest);
        for (var i = 0; i < 2; i++) Assert.InRange(pairs.Bottom.Values[i] - dense[i].item<double>(), -1e-8 * largest, 1e-8 * largest);
    }

    /// <param name="network">The network and its reference.</param>
    /// <param name="loss">Largest error of the loss, relative to it or to 1.</param>
    /// <param name="gradient">Largest error of the norm of the gradient, relative to the largest eigenvalue.</param>
    /// <param name="spectrum">Largest error of an eigenvalue and of g.Hg, relative to the largest eigenvalue.</param>
    private static void Compare(ExpectedNetwork network, double loss, double gradient, double spectrum)
    {
        var model = network.Model();
        using var objective = network.Objective(model);
        using var engine = objective.OnEngine(ScalarType.Float64);
        var theta = model.Theta();
        using var expansion = engine.ExpandAt(theta);
        var reference = network.Numbers;
        var scale = network.Scale;
        double[] top = [.. reference.GetProperty("top").EnumerateArray().Select(value => value.GetDouble())];
        double[] bottom = [.. reference.GetProperty("bottom").EnumerateArray().Select(value => value.GetDouble())];
        var largest = Math.Max(Math.Abs(top[0]), Math.Abs(bottom[0]));
        Assert.InRange(
            Math.Abs((expansion.Loss / scale) - reference.GetProperty("loss").GetDouble()),
            0,
            loss * Math.Max(1, expansion.Loss));
        Assert.InRange(
            Math.Abs((expansion.Gradient.norm().item<double>() / scale) - reference.GetProperty("gradient_norm").GetDouble()),
            0,
            gradient * largest);
        var curvature = expansion.Gradient.dot(expansion.HessianTimes(expansion.Gradient)).item<double>() / (scale * scale * scale);
        Assert.InRange(
            Math.Abs(curvature - reference.GetProperty("gradient_hessian_gradient").GetDouble()), 0,
            spectrum * largest * Math.Pow(reference.GetProperty("gradient_norm").GetDouble(), 2));
        using var pairs = new Lanczos(top.Length, bottom.Length, 1e-9) { MaxProducts = 4000, MaxBasis = 200 }.Solve(expansion.Hessian());
        Assert.All(top.Zip(pairs.Top.Values), Near);
        Assert.All(bottom.Zip(pairs.Bottom.Values), Near);

        void Near((double Expected, double Computed) pair) =>
            Assert.InRange(Math.Abs(pair.Expected - (pair.Computed / scale)), 0, spectrum * largest);
    }

    [Theory, MemberData(nameof(Files))]
    public void Trace_over_the_units_of_dense_layers_equals_the_dense_one(string file)
    {
        using var scope = NewDisposeScope();
        var network = new ExpectedNetwork(file);
        if (!network.HasReference) Assert.Skip("folded batch norm has another Hessian");
        var model = network.Model();
        using var objective = network.Objective(model);
        var shifts = objective.Shifts();
        Assert.InRange(shifts.Dimension, 1, model.Dimension);
        var (loss, point) = shifts.At(model.Theta());
        using var owned = loss;
        using var expansion = loss.CurvatureAt(point);
        var trace = new XTrace((int)shifts.Dimension).Trace(expansion.Hessian(point)).Value / network.Scale;
        var reference = network.Numbers;
        var tolerance = (network.ReferenceIsSingle ? 1e-5 : 1e-9) * reference.GetProperty("hessian_frobenius").GetDouble();
        Assert.Equal(reference.GetProperty("trace").GetDouble(), trace, tolerance * Math.Sqrt(model.Dimension));
    }

    [Theory]
    [InlineData("cnn-batch-norm/model.onnx")]
    [InlineData("cnn-batch-norm/legacy.onnx")]
    [InlineData("cnn-batch-norm/model.pt2")]
    [InlineData("resnet-cifar/model.onnx")]
    [InlineData("resnet-cifar/model.pt2")]
    public void Batch_norms_of_inference_use_the_statistics_of_the_samples_on_request(string file)
    {
        using var scope = NewDisposeScope();
        var network = new ExpectedNetwork(file);
        var model = network.Model().WithBatchStatistics();
        using var objective = network.Objective(model);
        Assert.Equal(objective.Samples, objective.Unit);
        using var engine = objective.OnEngine(ScalarType.Float64);
        using var expansion = engine.ExpandAt(model.Theta());
        var reference = network.ByBatchStatistics;
        Assert.Equal(reference.GetProperty("loss").GetDouble(), expansion.Loss, 1e-10);
        Assert.Equal(reference.GetProperty("gradient_norm").GetDouble(), expansion.Gradient.norm().item<double>(), 1e-8);
        using var pairs = new Lanczos(5, 0, 1e-9) { MaxProducts = 4000, MaxBasis = 200 }.Solve(expansion.Hessian());
        double[] top = [.. reference.GetProperty("top").EnumerateArray().Select(value => value.GetDouble())];
        Assert.All(top.Zip(pairs.Top.Values), pair => Assert.Equal(pair.First, pair.Second, 1e-8 * top[0]));
    }

    [Theory]
    [InlineData("mlp-tanh-mse/model.onnx")]
    [InlineData("cnn-batch-norm/fused.onnx")]
    public void A_model_without_batch_norm_has_no_batch_statistics(string file)
    {
        var network = new ExpectedNetwork(file);
        var error = Assert.Throws<GraphException>(() => network.Model().WithBatchStatistics());
        Assert.StartsWith("the model has no batch norm: exporters fold it into the layer before it", error.Message);
    }

    public static TheoryData<string> Larger() =>
        [.. SharedModels.Files(".onnx").Where(file => file.Length == 0 || file.StartsWith("larger/", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Larger))]
    public void Largest_eigenvalues_of_larger_networks_equal_the_reference(string file)
    {
        using var scope = NewDisposeScope();
        var network = new ExpectedNetwork(file);
        var model = network.Model();
        using var objective = network.Objective(model);
        using var engine = objective.OnEngine(ScalarType.Float64);
        using var expansion = engine.ExpandAt(model.Theta());
        Assert.Equal(network.Numbers.GetProperty("loss").GetDouble(), expansion.Loss, 1e-10);
        using var pairs = new Lanczos(2, 0, 1e-5).Solve(expansion.Hessian());
        double[] top = [.. network.Numbers.GetProperty("top").EnumerateArray().Select(value => value.GetDouble())];
        Assert.All(top.Zip(pairs.Top.Values), pair => Assert.Equal(pair.First, pair.Second, 1e-8 * top[0]));
    }

    [Theory, MemberData(nameof(Files))]
    public void Both_engines_agree(string file)
    {
        using var scope = NewDisposeScope();
        var network = new ExpectedNetwork(file);
        var model = network.Model();
        using var objective = network.Objective(model);
        using var engine = objective.OnEngine(ScalarType.Float64);
        var autograd = objective.OnAutograd(ScalarType.Float64, 500);
        var theta = model.Theta();
        using var ours = engine.ExpandAt(theta);
        using var theirs = autograd.ExpandAt(theta);
        using var generator = new Generator(3, CPU);
        var v = randn(theta.shape[0], dtype: ScalarType.Float64, generator: generator);
        v /= v.norm();
        Close(theirs.Gradient, ours.Gradient);
        Close(theirs.HessianTimes(v), ours.HessianTimes(v));
        Close(theirs.ThirdDerivative(v, v), ours.ThirdDerivative(v, v));

        static void Close(Tensor expected, Tensor actual) =>
            Assert.InRange((actual - expected).norm().item<double>(), 0, (1e-9 * expected.norm().item<double>()) + 1e-12);
    }
}
