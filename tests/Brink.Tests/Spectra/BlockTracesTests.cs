using Brink.Algebra;
using Brink.Spectra;

namespace Brink.Tests.Spectra;

public sealed class BlockTracesTests
{
    private static readonly (long Start, long Length)[] Blocks = [(0, 10), (10, 25), (35, 5)];

    [Fact]
    public void Traces_of_blocks_are_exact_with_as_many_products_as_dimensions()
    {
        using var scope = NewDisposeScope();
        var A = Matrix();
        var traces = new BlockTraces(40).Of(SymmetricOperator.Of(A), Blocks);
        foreach (var ((start, length), trace) in Blocks.Zip(traces))
        {
            Assert.Equal(Exact(A, start, length), trace.Value, 1e-12);
            Assert.Equal((0, 40), (trace.StandardError, trace.Products));
        }
    }

    [Fact]
    public void Traces_of_blocks_are_right_within_their_errors_with_fewer_products_than_dimensions()
    {
        using var scope = NewDisposeScope();
        var A = Matrix();
        const int seeds = 200;
        var errors = Blocks.Select(_ => 0.0).ToArray();
        for (var seed = 0; seed < seeds; seed++)
        {
            var traces = new BlockTraces(16, seed).Of(SymmetricOperator.Of(A), Blocks);
            for (var b = 0; b < Blocks.Length; b++)
                errors[b] += Math.Pow((traces[b].Value - Exact(A, Blocks[b].Start, Blocks[b].Length)) / traces[b].StandardError, 2) / seeds;
        }
        Assert.All(errors, error => Assert.InRange(error, 0.7, 1.6));   // Student's t of 15 degrees of freedom: 1.15
    }

    private static Tensor Matrix()
    {
        using var generator = new Generator(4, CPU);
        var B = randn(40, 40, dtype: ScalarType.Float64, generator: generator);
        return B + B.t();
    }

    private static double Exact(Tensor A, long start, long length) => A.diagonal().narrow(0, start, length).sum().ToDouble();
}
