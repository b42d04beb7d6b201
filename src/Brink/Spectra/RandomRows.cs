using Brink.Algebra;

namespace Brink.Spectra;

/// <summary>What the entries of random test vectors are drawn from.</summary>
public enum ProbeDistribution
{
    /// <summary>+1 or -1: of all independent entries those with the least variance of z.Az.</summary>
    Rademacher,

    /// <summary>Normal: no direction is preferred, whatever the basis.</summary>
    Gaussian,
}

/// <summary>Random rows for an operator; a seed and a number fix each draw.</summary>
internal static class RandomRows
{
    /// <summary>[rows,p], entries of mean 0 and variance 1.</summary>
    public static Tensor Draw(SymmetricOperator A, long rows, long seed, long draw, ProbeDistribution distribution)
    {
        using var scope = NewDisposeScope();
        using var generator = Of(seed, draw);
        var z = distribution == ProbeDistribution.Gaussian
            ? randn(rows, A.Dimension, dtype: A.Precision, generator: generator)
            : (2 * randint(0, 2, [rows, A.Dimension], dtype: A.Precision, generator: generator)) - 1;
        return scope.MoveToOuter(z);
    }

    /// <summary>[p], of length 1, in a random direction. Of even entries: normal ones are dear enough to show in a step of an
    /// MLP.</summary>
    public static Tensor Unit(SymmetricOperator A, long seed, long draw)
    {
        using var scope = NewDisposeScope();
        using var generator = Of(seed, draw);
        var row = rand(A.Dimension, dtype: ScalarType.Float32, generator: generator).sub_(0.5).to(A.Precision);
        return scope.MoveToOuter(row.div_(row.norm()));
    }

    private static Generator Of(long seed, long draw) => new((ulong)((seed * 1_000_003L) + draw), CPU);
}
