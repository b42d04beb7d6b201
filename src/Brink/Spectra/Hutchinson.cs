using Brink.Algebra;

namespace Brink.Spectra;

/// <summary>tr A as the mean of z.Az over random signs z (Hutchinson 1990).</summary>
/// <remarks>The variance of a sample is twice the sum of the squares of A off its diagonal: the error falls
/// as the root of the products, whatever the spectrum. The others in this room take the large eigenvalues out
/// first.</remarks>
/// <param name="Products">Products to spend, at least 2.</param>
/// <param name="Seed">Of the signs.</param>
public sealed record Hutchinson(int Products, long Seed = 0)
{
    public TraceEstimate Trace(SymmetricOperator A)
    {
        if (Products < 2) throw new InvalidOperationException($"{Products} products; Hutchinson's estimate needs 2 for its error");
        return TraceEstimate.Mean(Samples(A, Products, Seed, draw: 0, outside: null), Products);
    }

    /// <summary>z.Az for z random signs, of which the span of the rows Q is taken out.</summary>
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
