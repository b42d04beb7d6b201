using Brink.Algebra;

namespace Brink.Edges;

/// <summary>The largest of the spectral norms of the matrices in a flat vector and of the magnitudes of its other entries. Its
/// steepest descent is spectral descent, which is Muon without momentum and with an exact polar factor.</summary>
/// <remarks>
/// <para>The unit ball is the product of the unit balls of the parts, so that each part has its own maximizer: for a matrix G =
/// U S V^T the polar factor U V^T, for other entries, such as biases, the sign. The dual norm is the sum over the parts: the
/// sum of all singular values, and of the magnitudes of the other entries.</para>
/// <para>Biases: in practice Muon leaves vectors to another optimizer, usually Adam, whose step without averages is the sign of
/// the gradient. To restrict the norm to the matrices, pass the Hessian of these parameters alone.</para>
/// <para>A singular value that is zero up to rounding contributes nothing to d*, as the sign of 0 is 0: a layer without gradient
/// does not move. A kernel [out, in, height, width] of a convolution is the matrix of out rows, as in Muon.</para>
/// </remarks>
/// <param name="Layers">The matrices; no entry belongs to two of them.</param>
public sealed record SpectralNorm(IReadOnlyList<MatrixLayer> Layers) : INorm
{
    /// <summary>The matrices; no entry belongs to two of them.</summary>
    public IReadOnlyList<MatrixLayer> Layers { get; } = Disjoint(Layers);

    /// <inheritdoc/>
    public double Norm(Tensor d)
    {
        using var scope = NewDisposeScope();
        var largest = Rest(d).abs().max().ToDouble();
        return Layers.Aggregate(largest, (value, layer) => Math.Max(value, linalg.svdvals(layer.Of(d)).max().ToDouble()));
    }

    /// <inheritdoc/>
    public double DualNorm(Tensor g)
    {
        using var scope = NewDisposeScope();
        return Rest(g).abs().sum(ScalarType.Float64).ToDouble()
            + Layers.Sum(layer => linalg.svdvals(layer.Of(g)).sum(ScalarType.Float64).ToDouble());
    }

    /// <inheritdoc/>
    public Tensor Maximizer(Tensor g)
    {
        using var scope = NewDisposeScope();
        var result = g.sign();
        foreach (var layer in Layers)
        {
            using var inner = NewDisposeScope();
            layer.Of(result).copy_(Polar(layer.Of(g)));
        }
        return scope.MoveToOuter(result);
    }

    private static Tensor Polar(Tensor G)
    {
        var (U, S, V) = linalg.svd(G, fullMatrices: false);
        var rounding = Math.Max(G.shape[0], G.shape[1]) * G.dtype.Epsilon();
        return (U * (S > rounding * S.max()).to(G.dtype)).mm(V);
    }

    /// <summary>Returns a copy with zeros in the place of the matrices.</summary>
    private Tensor Rest(Tensor vector)
    {
        var rest = vector.clone();
        foreach (var layer in Layers) layer.Of(rest).zero_();
        return rest;
    }

    private static IReadOnlyList<MatrixLayer> Disjoint(IReadOnlyList<MatrixLayer> layers)
    {
        var end = 0L;
        foreach (var layer in layers.OrderBy(layer => layer.Start))
        {
            if (layer.Start < end || layer.Rows < 1 || layer.Columns < 1)
                throw new ArgumentException(
                    $"the layer of {layer.Rows} by {layer.Columns} at {layer.Start} is empty or overlaps another; pass disjoint layers",
                    nameof(layers));
            end = layer.Start + (layer.Rows * layer.Columns);
        }
        return layers;
    }
}

/// <summary>The place of a matrix in a flat vector [p], row by row.</summary>
/// <param name="Start">Offset of its first entry.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Columns">Number of columns.</param>
public sealed record MatrixLayer(long Start, long Rows, long Columns)
{
    /// <summary>Returns the matrix [rows, columns], a view of the vector.</summary>
    internal Tensor Of(Tensor vector) => vector.narrow(0, Start, Rows * Columns).view(Rows, Columns);
}
