using Brink.Algebra;

namespace Brink.Spectra;

/// <summary>Estimates the traces of several diagonal blocks of one operator, all from the same products.</summary>
/// <remarks>Hutchinson's estimate by blocks: for a row z of random signs the mean of z_b . (A z)_b is the trace of block b,
/// since signs of different blocks are independent (Hutchinson 1990). With as many products as dimensions, unit vectors replace
/// the signs, and the traces are exact.</remarks>
/// <param name="Products">Number of rows of signs.</param>
/// <param name="Seed">Seed of the signs.</param>
public sealed record BlockTraces(int Products, long Seed = 0)
{
    /// <param name="A">The operator.</param>
    /// <param name="blocks">Start and length of each block.</param>
    public IReadOnlyList<TraceEstimate> Of(SymmetricOperator A, IReadOnlyList<(long Start, long Length)> blocks)
    {
        var exact = Products >= A.Dimension;
        var rows = exact ? A.Dimension : Products;
        var samples = blocks.Select(_ => new double[rows]).ToArray();
        for (var i = 0; i < rows; i++)
        {
            using var scope = NewDisposeScope();
            var z = exact
                ? zeros(1, A.Dimension, dtype: A.Precision).index_fill_(1, tensor(new long[] { i }), 1)
                : RandomRows.Draw(A, 1, Seed, i, ProbeDistribution.Rademacher);
            var terms = (z * A.Times(z)).squeeze(0).to(ScalarType.Float64);
            for (var b = 0; b < blocks.Count; b++)
                samples[b][i] = terms.narrow(0, blocks[b].Start, blocks[b].Length).sum().ToDouble();
        }
        return [.. samples.Select(sample => exact
            ? new TraceEstimate(sample.Sum(), 0, (int)rows)
            : TraceEstimate.Mean(sample, (int)rows))];
    }
}
