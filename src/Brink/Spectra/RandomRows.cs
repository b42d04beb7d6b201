using Brink.Algebra;

namespace Brink.Spectra;

/// <summary>The distribution of the entries of random test vectors.</summary>
public enum ProbeDistribution
{
    /// <summary>+1 or -1: of all independent entries these give the smallest variance of z.Az.</summary>
    Rademacher,

    /// <summary>Normal: no direction is preferred in any basis.</summary>
    Gaussian,
}

/// <summary>Draws random rows for an operator; a seed and a number determine each draw.</summary>
internal static class RandomRows
{
    /// <summary>Draws rows [rows,p] with entries of mean 0 and variance 1.</summary>
    public static Tensor Draw(SymmetricOperator A, long rows, long seed, long draw, ProbeDistribution distribution)
    {
        using var scope = NewDisposeScope();
        using var generator = Of(seed, draw);
        var z = distribution == ProbeDistribution.Gaussian
            ? randn(rows, A.Dimension, dtype: A.Precision, generator: generator)
            : (2 * randint(0, 2, [rows, A.Dimension], dtype: A.Precision, generator: generator)) - 1;
        return scope.MoveToOuter(z);
    }

    /// <summary>Draws a row [p] of length 1 in a random direction. Its entries are uniform before scaling: normal ones are
    /// expensive enough to be noticeable in a step of an MLP.</summary>
    public static Tensor Unit(SymmetricOperator A, long seed, long draw)
    {
        using var scope = NewDisposeScope();
        using var generator = Of(seed, draw);
        var row = rand(A.Dimension, dtype: ScalarType.Float32, generator: generator).sub_(0.5).to(A.Precision);
        return scope.MoveToOuter(row.div_(row.norm()));
    }

    private static Generator Of(long seed, long draw) => new((ulong)((seed * 1_000_003L) + draw), CPU);
}
