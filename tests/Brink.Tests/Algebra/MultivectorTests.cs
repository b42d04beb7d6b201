using Brink.Algebra;
using Brink.Kernels;

namespace Brink.Tests.Algebra;

[Collection(WholeProcess.Name)]   // the number of threads belongs to the whole process
public class MultivectorTests
{
    public static TheoryData<int, long> Sizes => new()
    {
        { 1, 1 }, { 1, 63 }, { 1, 1024 }, { 1, 5001 }, { 2, 40_000 }, { 3, 100_003 },
    };

    [Theory, MemberData(nameof(Sizes))]
    public void Inner_products_equal_matrix_products(int threads, long p) => With(threads, () =>
    {
        var (a, b, c) = (Networks.Uniform(1, 3, p), Networks.Uniform(2, 2, p), Networks.Uniform(3, p));
        Close(a.mm(cat([b, c.unsqueeze(0)]).t()), Multivector.Inner([a], [b, c]), 1e-13 * Math.Sqrt(p));
        var (single, other) = (a.to(ScalarType.Float32), c.to(ScalarType.Float32));
        Close(
            single.to(ScalarType.Float64).mv(other.to(ScalarType.Float64)).unsqueeze(1),
            Multivector.Inner([single], [other]),
            1e-5 * Math.Sqrt(p));
    });

    [Theory, MemberData(nameof(Sizes))]
    public void Combinations_equal_matrix_products(int threads, long p) => With(threads, () =>
    {
        var (a, b) = (Networks.Uniform(1, 5, p), Networks.Uniform(2, 4, p));
        var w = Networks.Uniform(3, 3, 9);
        w[1] = 0;
        var expected = w.mm(cat([a, b]));
        var (rows, squares) = Multivector.Combine(Array(w), [a, b]);
        Assert.InRange((rows - expected).abs().max().ToDouble(), 0, 1e-14);
        Assert.All(squares.Zip(rows.square().sum(1).data<double>()), pair => Assert.Equal(pair.Second, pair.First, 1e-12 * p));
        Assert.Equal(0, rows[1].abs().max().ToDouble());
        var single = Multivector.Combine(Array(w), [a.to(ScalarType.Float32), b.to(ScalarType.Float32)]).Rows;
        Assert.InRange((single.to(ScalarType.Float64) - expected).abs().max().ToDouble(), 0, 3e-6);
    });

    [Theory]
    [InlineData(3)]
    [InlineData(5)]   // more than one pass takes
    public void A_row_can_be_combined_in_place(int others)
    {
        using var scope = NewDisposeScope();
        var (row, rest, w) = (Networks.Uniform(1, 2001), Networks.Uniform(2, others, 2001), Networks.Uniform(3, 1, others + 1));
        var expected = w.mm(cat([row.unsqueeze(0), rest]))[0];
        Multivector.Combine(Array(w), [row, rest], row);
        Assert.InRange((row - expected).abs().max().ToDouble(), 0, 1e-14);
    }

    [Fact]
    public void Non_finite_rows_propagate_unless_their_weight_is_zero()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (ones(100, dtype: ScalarType.Float64), ones(100, dtype: ScalarType.Float64));
        b[70] = double.NaN;
        Assert.True(double.IsNaN(Multivector.Inner([a], [b])[0, 0]));
        Assert.True(double.IsNaN(Multivector.Combine(new[,] { { 1.0, 1 } }, [a, b]).Squares[0]));
        Assert.Equal(100, Multivector.Combine(new[,] { { 1.0, 0 } }, [a, b]).Squares[0]);
    }

    /// <summary>Every register width, on a length that no width divides.</summary>
    [Theory]
    [InlineData(512)]
    [InlineData(256)]
    [InlineData(1)]
    public unsafe void Every_register_width_gives_the_same_result(int bits)
    {
        using var scope = NewDisposeScope();
        const int P = 2099, M = 6;
        var passes = bits switch
        {
            512 => (Passes<double>)new LanePasses<Lanes512<double>, double>(),
            256 => new LanePasses<Lanes256<double>, double>(),
            _ => new LanePasses<Lane<double>, double>(),
        };
        var (x, w, y) = (Networks.Uniform(1, M, P), Networks.Uniform(2, 2, M), full([2, P], 7, dtype: ScalarType.Float64));
        var rows = stackalloc double*[M];
        for (var i = 0; i < M; i++) rows[i] = (double*)TensorMemory.Address(x[i]);
        var to = stackalloc double*[] { (double*)TensorMemory.Address(y[0]), (double*)TensorMemory.Address(y[1]) };
        var squares = stackalloc double[] { 0, 0 };
        var sums = stackalloc double[M * M];
        new Span<double>(sums, M * M).Clear();
        // From the third column on: rows need not be aligned to registers.
        passes.Combine(3, P, (double*)TensorMemory.Address(w), rows, M, to, 2, squares);
        passes.Inner(3, P, rows, M, rows, M, sums);
        var part = x.narrow(1, 3, P - 3);
        Assert.InRange((y.narrow(1, 3, P - 3) - w.mm(part)).abs().max().ToDouble(), 0, 1e-14);
        Assert.Equal(7, y.narrow(1, 0, 3).min().ToDouble());
        Assert.Equal(7, y.narrow(1, 0, 3).max().ToDouble());
        var gram = part.mm(part.t());
        for (var i = 0; i < M * M; i++) Assert.Equal(gram[i / M, i % M].ToDouble(), sums[i], 1e-11);
        for (var i = 0; i < 2; i++) Assert.Equal(w.mm(part)[i].square().sum().ToDouble(), squares[i], 1e-11);
    }

    [Fact]
    public void Mismatched_rows_are_refused()
    {
        using var scope = NewDisposeScope();
        var row = ones(5, dtype: ScalarType.Float64);
        Assert.Throws<ArgumentException>(() => Multivector.Inner([row, ones(6, dtype: ScalarType.Float64)], [row]));
        Assert.Throws<ArgumentException>(() => Multivector.Inner([row], [row.to(ScalarType.Float32)]));
        Assert.Throws<ArgumentException>(() => Multivector.Inner([row], [ones(5, 2, dtype: ScalarType.Float64).t()]));
        Assert.Throws<ArgumentException>(() => Multivector.Combine(new double[1, 3], [row]));
    }

    [Fact]
    public void Busy_cores_do_not_change_the_result()
    {
        using var scope = NewDisposeScope();
        var x = Networks.Uniform(1, 3, 200_000);
        With(threads: 5, () =>
        {
            var alone = Multivector.Inner([x], [x]);
            using var load = new BusyThreads(Environment.ProcessorCount);
            for (var round = 0; round < 200; round++) Assert.Equal(alone, Multivector.Inner([x], [x]));
        });
    }

    [Fact]
    public void No_tensor_is_leaked()
    {
        using var scope = NewDisposeScope();
        var x = Networks.Uniform(1, 3, 50);
        Live.AssertUnchanged(() => Multivector.Inner([x], [x]));
        Live.AssertUnchanged(() => Multivector.Combine(new double[1, 3], [x]).Rows.Dispose());
    }

    private static void With(int threads, Action work)
    {
        using var scope = NewDisposeScope();
        var before = get_num_threads();
        try
        {
            set_num_threads(threads);
            work();
        }
        finally
        {
            set_num_threads(before);
        }
    }

    private static double[,] Array(Tensor matrix)
    {
        var array = new double[matrix.shape[0], matrix.shape[1]];
        Buffer.BlockCopy(matrix.contiguous().data<double>().ToArray(), 0, array, 0, array.Length * sizeof(double));
        return array;
    }

    private static void Close(Tensor expected, double[,] actual, double tolerance) =>
        Assert.InRange((tensor(actual) - expected).abs().max().ToDouble(), 0, tolerance);
}
