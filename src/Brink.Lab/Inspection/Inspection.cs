using Brink.Algebra;
using Brink.Monitoring;
using Brink.Objectives;
using Brink.Runs;
using Brink.Spectra;

namespace Brink.Lab;

/// <summary>Inspects the Hessian of a loss at one point: extreme eigenvalues with residuals, trace, density, ranks, the shares
/// of the layers, and the largest stable steps.</summary>
/// <param name="Top">Number of largest eigenvalues, at least 1.</param>
/// <param name="Bottom">Number of smallest eigenvalues.</param>
/// <param name="Tolerance">Relative residual tolerance (<see cref="Lanczos"/>).</param>
/// <param name="TraceProducts">Hessian products for the trace, and again for the layers' shares of it; both are exact for a
/// small model.</param>
/// <param name="Probes">Number of probes of the density; 0: no density.</param>
/// <param name="Steps">Hessian products of each probe.</param>
/// <param name="Seed">Seed of all random rows.</param>
public sealed record Inspection(
    int Top = 5, int Bottom = 2, double Tolerance = 1e-6, int TraceProducts = 60, int Probes = 10, int Steps = 60, long Seed = 0)
{
    private const double LayerTolerance = 1e-2;

    private const double Deviations = 3;

    // Up to this dimension the products with all unit vectors take seconds, and the traces are exact.
    private const long ExactDimension = 500;

    /// <param name="loss">The loss.</param>
    /// <param name="theta">[p].</param>
    /// <param name="parts">Name and size of each parameter, in the order of theta.</param>
    /// <param name="progress">Called with the current part, its products done and their approximate total.</param>
    /// <param name="productNoise">Relative standard deviation of a Hessian product from rounding; no bound is below three of
    /// them.</param>
    /// <exception cref="ArithmeticException">A product is not finite.</exception>
    public InspectionReport At(
        IObjective loss,
        Tensor theta,
        IEnumerable<(string Name, long Size)> parts,
        Action<StudyProgress>? progress = null,
        double productNoise = 0)
    {
        using var scope = NewDisposeScope();
        using var expansion = loss.ExpandAt(theta);
        var H = expansion.Hessian();
        var layers = ParameterLayer.Of(parts);
        var about = (Top + Bottom) * 20;

        // There are no more eigenvalues than dimensions.
        var (top, bottom) = ((int)Math.Min(Top, H.Dimension), (int)Math.Min(Bottom, H.Dimension));
        var solver = new Lanczos(top, bottom, Tolerance, Seed: Seed);
        using var ends = (solver with
        {
            MaxBasis = Math.Max(solver.MaxBasis, 3 * (top + bottom)),
            MaxProducts = Math.Max(solver.MaxProducts, 40 * (top + bottom)),
        }).Solve(
            H, done => progress?.Invoke(new("eigenvalues", done, Math.Max(about, done))));
        if (ends.Top.Values.Concat(ends.Bottom.Values).Any(double.IsNaN))
            throw new ArithmeticException("a Hessian product is not finite: the loss has no second derivative at this point");
        var noise = Deviations * productNoise * ends.Top.Values.Concat(ends.Bottom.Values).Max(Math.Abs);
        EigenvalueBound[] largest = Bounds(ends.Top, noise), smallest = Bounds(ends.Bottom, noise);
        var traceProducts = H.Dimension <= ExactDimension ? (int)H.Dimension : TraceProducts;
        progress?.Invoke(new("trace", 0, traceProducts));
        var trace = new XTrace(traceProducts, Seed).Trace(H);
        progress?.Invoke(new("layers", 0, traceProducts));
        var (shares, layerProducts) = Shares(H, layers, new(traceProducts, Seed), ends.Top.Vectors);
        var quadrature = Probes == 0 ? null : new SpectralDensity(Probes, Steps, Seed).Quadrature(
            H, (done, of) => progress?.Invoke(new("density", done, of)));
        progress?.Invoke(new("advice", 0, about));
        var (adaptive, adaptiveProducts) = PreconditionedSharpness(H, expansion.Gradient);
        return new(
            theta.shape[0],
            expansion.Loss,
            expansion.Gradient.norm().ToDouble(),
            largest,
            smallest,
            ends.Converged,
            trace,
            shares,
            quadrature,
            StepAdvice.For(largest[0].Significant(), adaptive),
            ends.Products + trace.Products + layerProducts + (quadrature?.Products ?? 0) + adaptiveProducts);
    }

    private static EigenvalueBound[] Bounds(Eigenpairs pairs, double noise) =>
        [.. pairs.Values.Zip(pairs.Residuals, (value, residual) => new EigenvalueBound(value, Math.Max(residual, noise)))];

    private (LayerShare[] Shares, int Products) Shares(
        SymmetricOperator H, IReadOnlyList<ParameterLayer> layers, BlockTraces blocks, Tensor vectors)
    {
        var traces = blocks.Of(H, [.. layers.Select(layer => (layer.Start, layer.Length))]);
        var products = traces[0].Products;
        var top = vectors[0].square().to(ScalarType.Float64);
        var shares = new List<LayerShare>();
        foreach (var ((name, start, length), trace) in layers.Zip(traces))
        {
            using var scope = NewDisposeScope();
            using var block = new Lanczos(1, 0, LayerTolerance, Seed: Seed).Solve(H.Restricted((start, length)));
            products += block.Products;
            shares.Add(new(name, length, block.Top.Values[0], trace, top.narrow(0, start, length).sum().ToDouble()));
        }
        return ([.. shares], products);
    }

    /// <summary>Returns the largest eigenvalue of P^-1/2 H P^-1/2 for Adam's P with the squares of this gradient as second
    /// moments: their limit where training stays here.</summary>
    private (double Value, int Products) PreconditionedSharpness(SymmetricOperator H, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        using var ends = new Lanczos(1, 0, LayerTolerance, MaxProducts: 200, Seed: Seed)
            .Solve(H.Preconditioned(gradient.abs() + StepAdvice.AdamEpsilon));
        var value = ends.Top.Converged
            ? new EigenvalueBound(ends.Top.Values[0], ends.Top.Residuals[0]).Significant()
            : double.NaN;
        return (value, ends.Products);
    }
}
