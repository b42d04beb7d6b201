using Brink.Algebra;
using Brink.Objectives;
using Brink.Spectra;
using Brink.Zoo.Datasets;
using Brink.Zoo.Models;

namespace Brink.Bench;

/// <summary>Cost of eigenpairs in products, at a residual of 1e-4: cold Lanczos, and the tracker along gradient
/// descent, on an MLP with two hidden layers of 200 and 1,000 images.</summary>
internal static class SpectraCosts
{
    private const int Steps = 20, Between = 100;

    /// <param name="path">File or folder of CIFAR-10 in its binary layout; null for Fashion-MNIST.</param>
    public static IReadOnlyList<SpectraCostsRow> Rows(string? path)
    {
        using var scope = NewDisposeScope();
        var data = path is null ? FashionMnist.Training() : Cifar10.Training(path);
        var (inputs, targets) = data.Take(1000, [.. Enumerable.Range(0, 10)]).Standardised(1, ScalarType.Float32);
        var images = inputs.flatten(1);
        var model = new Mlp([(int)images.shape[1], 200, 200, 10], Activation.Tanh);
        var objective = EmpiricalLoss.Over(model.Dimension, model.Outputs, EmpiricalLoss.SquaredError, images, targets, 1000);
        var theta = model.Initial(0).to(ScalarType.Float32);
        var rows = new List<SpectraCostsRow>();
        foreach (var trained in new[] { 0, Between })
        {
            for (var step = 0; step < trained; step++) theta = Descended(objective, theta);
            using var expansion = objective.ExpandAt(theta);
            rows.Add(Cold(model, expansion.Hessian(), trained, new(5, 0, 1e-4)));
            rows.Add(Cold(model, expansion.Hessian(), trained, new(5, 5, 1e-4)));
        }
        rows.Add(Warm(model, objective, theta, pairs: 1));
        rows.Add(Warm(model, objective, theta, pairs: 5));
        return rows;
    }

    private static Tensor Descended(IObjective objective, Tensor theta)
    {
        using var scope = NewDisposeScope();
        return (theta - (0.01 * objective.LossAndGradient(theta).Gradient)).MoveToOuterDisposeScope();
    }

    private static SpectraCostsRow Warm(Mlp model, IObjective objective, Tensor theta, int pairs)
    {
        using var scope = NewDisposeScope();
        using var tracker = new EigenpairTracker(new(pairs, 1e-4));
        var products = new List<int>();
        var (residuals, gaps) = (new List<double>(), new List<double>());
        for (var step = 0; step <= Steps; step++)
        {
            using var expansion = objective.ExpandAt(theta);
            if (tracker.Last is { } last)
            {
                residuals.Add(Residual(expansion, last.Vectors[0]));
                gaps.Add(1 - (last.Values[pairs] / last.Values[pairs - 1]));
            }
            products.Add(tracker.Track(expansion.Hessian(theta)).Products);
            theta = Descended(objective, theta);
        }
        return new("tracker, a step", model.Dimension, Between, pairs, 0, products.Skip(1).Average(), tracker.Last!.Converged)
        {
            ProductsAtFirst = products[0],
            MostProducts = products.Skip(1).Max(),
            ResidualBefore = residuals.Average(),
            Gap = gaps.Average(),
        };
    }

    private static double Residual(IExpansion expansion, Tensor v)
    {
        using var scope = NewDisposeScope();
        var product = expansion.HessianTimes(v);
        var value = v.dot(product);
        return ((product - (value * v)).norm() / value).ToDouble();
    }

    private static SpectraCostsRow Cold(Mlp model, SymmetricOperator hessian, int step, Lanczos lanczos)
    {
        using var ends = lanczos.Solve(hessian);
        return new("Lanczos", model.Dimension, step, lanczos.Top, lanczos.Bottom, ends.Products, ends.Converged);
    }
}

/// <summary>Products at step Step for the pairs at the top and at the bottom. For the tracker also its first and its most
/// expensive call, the mean residual of the first pair before each call, and the mean gap below the last pair. Residual and gap
/// are relative to the value.</summary>
internal sealed record SpectraCostsRow(
    string Method, long Parameters, int Step, int Above, int Below, double Products, bool Converged)
{
    public int? ProductsAtFirst { get; init; }

    public int? MostProducts { get; init; }

    public double? ResidualBefore { get; init; }

    public double? Gap { get; init; }
}
