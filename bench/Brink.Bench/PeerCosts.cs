using System.Diagnostics;
using Brink.Lab;
using Brink.Objectives;
using Brink.Spectra;
using Brink.Taylor;
using Brink.Zoo.Datasets;
using Brink.Zoo.Models;

namespace Brink.Bench;

/// <summary>Cost of the five largest eigenvalues from a random start, expansion included, in gradients by autograd: the whole
/// call over the median time of one plain gradient of the same network, in the same process. Cross-entropy, float32.</summary>
internal static class PeerCosts
{
    private const int Pairs = 5, Calls = 5, Steps = 150;
    private const double Rate = 0.02;

    private sealed record Case(string Name, Model Model, Tensor Inputs, Tensor Targets, Tensor Theta);

    /// <param name="path">Folder with peers-mlp and peers-cnn, each as TorchScript (.pt) with samples (.npz: x, y); null for the
    /// same networks on images of Fashion-MNIST, after 150 steps of descent.</param>
    public static IEnumerable<PeerCostsRow> Rows(string? path)
    {
        using var scope = NewDisposeScope();
        foreach (var one in path is null ? Trained() : Read(path))
            foreach (var row in Rows(one)) yield return row;
    }

    private static IEnumerable<PeerCostsRow> Rows(Case one)
    {
        var autograd = EmpiricalLoss.Over(
            one.Model.Dimension, one.Model.Outputs, EmpiricalLoss.CrossEntropy, one.Inputs, one.Targets, (int)one.Inputs.shape[0]);
        using var engine = TaylorLoss.Over(
            one.Model.Dimension,
            (x, y) => Losses.CrossEntropy(one.Model.Outputs(one.Model.Layout.Values(), x), Value.Constant(y)),
            one.Inputs,
            one.Targets);
        var gradient = Alternating.Medians(21, () => autograd.LossAndGradient(one.Theta).Gradient.Dispose())[0];
        var exact = Exact(one);
        foreach (var (name, loss) in new (string, IObjective)[] { ("engine", engine), ("autograd", autograd) })
            foreach (var tolerance in new[] { 5e-4, 1e-5 })
                yield return Row(one, name, loss, tolerance, gradient, exact);
    }

    private static PeerCostsRow Row(Case one, string name, IObjective loss, double tolerance, double gradient, double[] exact)
    {
        var times = new List<double>();
        var (products, error, converged) = (0, 0.0, true);
        for (var call = -1; call < Calls; call++)
        {
            using var scope = NewDisposeScope();
            var watch = Stopwatch.StartNew();
            using var expansion = loss.ExpandAt(one.Theta);
            using var ends = new Lanczos(Pairs, 0, tolerance, Seed: call + 1).Solve(expansion.Hessian());
            var pairs = ends.Top;
            if (call >= 0) times.Add(watch.Elapsed.TotalMilliseconds);   // the first call warms up
            products = pairs.Products;
            converged &= pairs.Converged;
            error = Math.Max(error, Enumerable.Range(0, Pairs).Max(i => Math.Abs(pairs.Values[i] - exact[i])) / exact[0]);
        }
        return new(
            one.Name, one.Model.Dimension, (int)one.Inputs.shape[0], name, tolerance, products,
            Alternating.Median(times) / gradient, error, gradient, converged);
    }

    /// <summary>Computes the eigenvalues by Lanczos in float64, to a residual of 1e-9.</summary>
    private static double[] Exact(Case one)
    {
        using var scope = NewDisposeScope();
        var loss = EmpiricalLoss.Over(
            one.Model.Dimension,
            one.Model.Outputs,
            EmpiricalLoss.CrossEntropy,
            one.Inputs.to(ScalarType.Float64),
            one.Targets.to(ScalarType.Float64),
            (int)one.Inputs.shape[0]);
        using var expansion = loss.ExpandAt(one.Theta.to(ScalarType.Float64));
        using var pairs = new Lanczos(Pairs, 0, 1e-9).Solve(expansion.Hessian()).Top;
        return [.. pairs.Values.Take(Pairs)];
    }

    private static IEnumerable<Case> Read(string folder)
    {
        yield return Of("mlp", new Mlp([3072, 200, 200, 10], Activation.Tanh), x => x);
        yield return Of("cnn", new Cnn(3, 32, 10, Activation.Tanh, Filters: 16), x => x.view(-1, 3, 32, 32));

        Case Of(string name, Model model, Func<Tensor, Tensor> shaped)
        {
            var file = Path.Combine(folder, $"peers-{name}");
            var samples = SampleFile.Read(file + ".npz");
            using var script = new ScriptModel(file + ".pt", ScalarType.Float32);
            if (script.Parameters.Dimension != model.Dimension)
                throw new FormatException($"{file}.pt: {script.Parameters.Dimension} parameters; the network has {model.Dimension}");
            return new(
                name,
                model,
                shaped(samples.X.to(ScalarType.Float32)),
                nn.functional.one_hot(samples.Y, 10).to(ScalarType.Float32),
                script.Parameters.Theta().clone());
        }
    }

    private static IEnumerable<Case> Trained()
    {
        yield return Of("mlp", new Mlp([784, 200, 200, 10], Activation.Tanh), 1000, x => x.flatten(1));
        yield return Of("cnn", new Cnn(1, 28, 10, Activation.Tanh, Filters: 16), 500, x => x);

        static Case Of(string name, Model model, int images, Func<Tensor, Tensor> shaped)
        {
            var (inputs, targets) = FashionMnist.Training().Take(images, [.. Enumerable.Range(0, 10)]).Standardised(1, ScalarType.Float32);
            var x = shaped(inputs);
            var loss = EmpiricalLoss.Over(model.Dimension, model.Outputs, EmpiricalLoss.CrossEntropy, x, targets, images);
            var theta = model.Initial(0).to(ScalarType.Float32);
            for (var step = 0; step < Steps; step++)
            {
                using var scope = NewDisposeScope();
                theta = (theta - (Rate * loss.LossAndGradient(theta).Gradient)).MoveToOuterDisposeScope();
            }
            return new(name, model, x, targets, theta);
        }
    }
}

/// <param name="Network">mlp or cnn.</param>
/// <param name="Parameters">Number of parameters p.</param>
/// <param name="Samples">Number of images.</param>
/// <param name="Derivatives">engine, or autograd with a retained graph.</param>
/// <param name="Tolerance">Residual tolerance, relative to the eigenvalue.</param>
/// <param name="Products">Hessian products of the last call.</param>
/// <param name="Gradients">Median time of a call over the median time of a gradient by autograd.</param>
/// <param name="Error">Largest error of the five eigenvalues over the largest eigenvalue, of all calls.</param>
/// <param name="GradientMilliseconds">Median time of a gradient by autograd, in milliseconds.</param>
/// <param name="Converged">True if every call met its tolerance.</param>
internal sealed record PeerCostsRow(
    string Network,
    long Parameters,
    int Samples,
    string Derivatives,
    double Tolerance,
    int Products,
    double Gradients,
    double Error,
    double GradientMilliseconds,
    bool Converged);
