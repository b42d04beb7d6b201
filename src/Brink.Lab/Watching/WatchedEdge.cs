using Brink.Algebra;
using Brink.Edges;
using Brink.Spectra;

namespace Brink.Lab;

/// <summary>The curvature that decides about the stability of an optimizer at a point, and its edge.</summary>
/// <param name="Curvature">The curvature: the largest eigenvalue of the Hessian, of the preconditioned one, or the generalized sharpness
/// in a norm.</param>
/// <param name="Threshold">The largest stable curvature.</param>
/// <param name="Products">Number of Hessian products that it took.</param>
/// <param name="Remark">What is not certain, a sentence; null if nothing is.</param>
public sealed record WatchedEdge(double Curvature, double Threshold, int Products = 0, string? Remark = null)
{
    /// <summary>True if the curvature is that in the metric of the optimizer's step, whose edge is 2.</summary>
    public bool IsMetric { get; init; }

    // Zeroth-order: probes and steps of the quadrature of the spectrum below the top eigenvectors.
    private static readonly SpectralDensity Rest = new(Probes: 4, Steps: 20, Seed: 6);

    // Norms: starts of the maximization, their tolerance and products.
    private const int Starts = 20, MaxProducts = 30;
    private const double Tolerance = 1e-3;

    /// <summary>Computes the edge; null where the learning rate, the method, or the second moments of an adaptive one are not
    /// known.</summary>
    /// <param name="optimizer">Optimizer.</param>
    /// <param name="hessian">Hessian at the point.</param>
    /// <param name="top">Its top eigenpairs.</param>
    /// <param name="preconditioned">Largest eigenvalue of P^-1/2 H P^-1/2 of an adaptive method; null where it is not known.</param>
    /// <param name="gradient">Gradient [p].</param>
    /// <param name="shapes">Shapes of the parameters, in the order of theta.</param>
    public static WatchedEdge? Of(
        WatchedOptimizer optimizer,
        SymmetricOperator hessian,
        Eigenpairs top,
        double? preconditioned,
        Tensor gradient,
        IReadOnlyList<IReadOnlyList<long>> shapes)
    {
        if (optimizer.LearningRate is not { } eta) return null;
        using var scope = NewDisposeScope();
        return optimizer.Kind switch
        {
            WatchedMethod.Adam or WatchedMethod.RmsProp or WatchedMethod.Adafactor =>
                preconditioned is { } curvature ? new(curvature, optimizer.Edge!.Value) : null,
            WatchedMethod.Other => null,
            WatchedMethod.Sam => new(top.Values[0], new SamEdge(optimizer.Rho, gradient.norm().ToDouble()).Curvature(eta)),
            WatchedMethod.ZerothOrder => ZerothOrder(optimizer, eta, hessian, top),
            WatchedMethod.Sign => InNorm(new InfinityNorm(), eta, hessian, top, gradient),
            WatchedMethod.Muon => InNorm(new SpectralNorm(Matrices(shapes)), eta, hessian, top, gradient),
            _ => new(top.Values[0], optimizer.Edge!.Value),
        };
    }

    /// <summary>The edge of zeroth-order methods is a learning rate, of the whole spectrum. Here it is the largest eigenvalue that the
    /// Hessian would have if it were scaled to be at the edge.</summary>
    private static WatchedEdge ZerothOrder(WatchedOptimizer optimizer, double eta, SymmetricOperator hessian, Eigenpairs top)
    {
        var edge = optimizer.Momentum > 0 ? ZerothOrderEdge.Momentum(optimizer.Momentum) : ZerothOrderEdge.GradientDescent;
        var found = edge.Threshold(hessian, top, Rest);
        return new(
            top.Values[0],
            top.Values[0] * found.LearningRate / eta,
            Rest.Probes * Rest.Steps,
            FormattableString.Invariant(
                $"the largest stable learning rate of the zeroth-order method is {found.LearningRate:g4} ± {found.StandardError:g2}"));
    }

    private static WatchedEdge InNorm(INorm norm, double length, SymmetricOperator hessian, Eigenpairs top, Tensor gradient)
    {
        using var sharpest = new GeneralizedSharpness(norm, Starts, Tolerance, MaxProducts, Seed: 7)
            .Of(hessian, top.Vectors.narrow(0, 0, 1));
        return new(
            sharpest.Value,
            new SteepestDescentEdge(norm).Sharpness(gradient, length),
            sharpest.Products,
            FormattableString.Invariant(
                $"the generalized sharpness is a lower bound, the best of {sharpest.Starts.Count} starts; its edge is without momentum"));
    }

    private static MatrixLayer[] Matrices(IReadOnlyList<IReadOnlyList<long>> shapes)
    {
        var (layers, start) = (new List<MatrixLayer>(), 0L);
        foreach (var shape in shapes)
        {
            var size = shape.Aggregate(1L, (product, side) => product * side);
            if (shape.Count > 1) layers.Add(new(start, (int)shape[0], (int)(size / shape[0])));
            start += size;
        }
        return [.. layers];
    }
}
