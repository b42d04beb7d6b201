namespace Brink.Edges;

/// <summary>The norm max |d_i|, whose steepest descent is sign descent: d* = sign g, and ||g||_* = sum |g_i|.</summary>
public sealed record InfinityNorm : INorm
{
    /// <inheritdoc/>
    public double Norm(Tensor d)
    {
        using var scope = NewDisposeScope();
        return d.abs().max().ToDouble();
    }

    /// <inheritdoc/>
    public double DualNorm(Tensor g)
    {
        using var scope = NewDisposeScope();
        return g.abs().sum(ScalarType.Float64).ToDouble();
    }

    /// <inheritdoc/>
    public Tensor Maximizer(Tensor g) => g.sign();
}
