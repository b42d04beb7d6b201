using Brink.Algebra;

namespace Brink.Spectra;

/// <summary>Estimates tr A as the mean of z.Az over random signs z (Hutchinson 1990).</summary>
/// <remarks>The variance of a sample is twice the sum of the squares of A off its diagonal: the error falls as the inverse root
/// of the number of products, whatever the spectrum. <see cref="HutchPlusPlus"/> and <see cref="XTrace"/> remove the large
/// eigenvalues first.</remarks>
/// <param name="Products">Number of products, at least 2.</param>
/// <param name="Seed">Seed of the signs.</param>
public sealed record Hutchinson(int Products, long Seed = 0)
{
    /// <summary>Estimates tr A.</summary>
    /// <exception cref="InvalidOperationException"><see cref="Products"/> is below 2.</exception>
    public TraceEstimate Trace(SymmetricOperator A)
    {
        if (Products < 2)
            throw new InvalidOperationException(
                $"Products is {Products}; Hutchinson's estimate needs at least 2 for its standard error");
        return TraceEstimate.Mean(Samples(A, Products, Seed, draw: 0, outside: null), Products);
    }

    /// <summary>Computes z.Az for random signs z, made orthogonal to the rows of <paramref name="outside"/>.</summary>
    internal static double[] Samples(SymmetricOperator A, int products, long seed, long draw, Tensor? outside)
    {
        var samples = new double[products];
        for (var i = 0; i < products; i++)
        {
            using var scope = NewDisposeScope();
            var z = RandomRows.Draw(A, 1, seed, draw + i, ProbeDistribution.Rademacher);
            if (outside is not null) z = Orthonormal.ProjectOut(z, outside);
            samples[i] = z[0].dot(A.Times(z)[0]).ToDouble();
        }
        return samples;
    }
}
