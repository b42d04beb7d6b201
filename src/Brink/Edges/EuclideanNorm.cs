namespace Brink.Edges;

/// <summary>The Euclidean norm, whose steepest descent is gradient descent: d* = g/||g||.</summary>
public sealed record EuclideanNorm : INorm
{
    /// <inheritdoc/>
    public double Norm(Tensor d)
    {
        using var scope = NewDisposeScope();
        return d.to(ScalarType.Float64).norm().ToDouble();
    }

    /// <inheritdoc/>
    public double DualNorm(Tensor g) => Norm(g);

    /// <inheritdoc/>
    public Tensor Maximizer(Tensor g)
    {
        using var scope = NewDisposeScope();
        var length = Norm(g);
        return scope.MoveToOuter(length == 0 ? zeros_like(g) : g / length);
    }
}
