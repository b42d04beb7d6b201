using Brink.Objectives;
using Brink.Spectra;
using Brink.Zoo.Datasets;
using Brink.Zoo.Models;

namespace Brink.Bench;

/// <summary>Cost of tracking eigenvectors along gradient descent, in products per step: from the last vectors, from vectors
/// extrapolated along their path, and with fewer refreshes of guard vectors. The counts are the same on every machine except for
/// rounding.</summary>
internal static class PathCosts
{
    private const int Steps = 200, Settled = 5;

    public static IReadOnlyList<PathCostsRow> Rows()
    {
        using var scope = NewDisposeScope();
        return
        [
            .. Rows("bursts at the edge", classes: 2, eta: 0.04, descended: 5),
            .. Rows("into the edge", classes: 10, eta: 0.04, descended: 200),
            .. Rows("progressive sharpening", classes: 10, eta: 0.01, descended: 600),
        ];
    }

    private static List<PathCostsRow> Rows(string phase, int classes, double eta, int descended)
    {
        using var scope = NewDisposeScope();
        var (images, targets) = FashionMnist.Training().Take(500, [.. Enumerable.Range(0, classes)]).Standardised(2, ScalarType.Float64);
        var (inputs, model) = (images.flatten(1), new Mlp([196, 100, 100, classes], Activation.Tanh));
        using var loss = model.SquaredError(inputs, targets);
        var theta = model.Initial(0);
        for (var step = 0; step < descended; step++)
        {
            using var inner = NewDisposeScope();
            theta = (theta - (eta * loss.LossAndGradient(theta).Gradient)).MoveToOuterDisposeScope();
        }
        return
        [
            .. new[] { (1, 1e-3), (1, 1e-7), (2, 1e-4), (5, 1e-4) }.Select(one => new PathCostsRow(
                phase, classes, eta, one.Item1, one.Item2,
                Products(loss, theta, eta, new(one.Item1, one.Item2), alongPath: false),
                Products(loss, theta, eta, new(one.Item1, one.Item2), alongPath: true),
                Products(loss, theta, eta, new(one.Item1, one.Item2, RefreshAfter: 8), alongPath: true))),
        ];
    }

    private static double Products(IObjective loss, Tensor start, double eta, EigenpairParameters tracking, bool alongPath)
    {
        using var scope = NewDisposeScope();
        var (theta, products) = (start, 0);
        using var tracker = new EigenpairTracker(tracking);
        for (var step = 0; step < Steps; step++)
        {
            using var inner = NewDisposeScope();
            using var expansion = loss.ExpandAt(theta);
            var pairs = tracker.Track(expansion.Hessian(alongPath ? theta : null));
            if (step >= Settled) products += pairs.Products;
            theta = (theta - (eta * expansion.Gradient)).MoveToOuterDisposeScope();
        }
        return (double)products / (Steps - Settled);
    }
}

/// <summary>Products per step, after the first five steps.</summary>
/// <param name="Phase">Phase of training of an MLP 196-100-100 on 500 images.</param>
/// <param name="Classes">Number of classes of Fashion-MNIST.</param>
/// <param name="LearningRate">Learning rate eta.</param>
/// <param name="Pairs">Number of tracked pairs.</param>
/// <param name="Residual">Relative residual tolerance.</param>
/// <param name="FromLast">Products if each call starts from the vectors of the last.</param>
/// <param name="AlongPath">Products if each call starts from vectors extrapolated along their path.</param>
/// <param name="FewerRefreshes">As AlongPath, with up to eight calls between refreshes of guard vectors.</param>
internal sealed record PathCostsRow(
    string Phase, int Classes, double LearningRate, int Pairs, double Residual, double FromLast, double AlongPath, double FewerRefreshes);
