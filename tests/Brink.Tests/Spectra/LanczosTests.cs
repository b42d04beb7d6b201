using Brink.Algebra;
using Brink.Spectra;

namespace Brink.Tests.Spectra;

public class LanczosTests
{
    private static readonly double[] Decaying = [.. Enumerable.Range(0, 60).Select(i => 8.0 / (i + 1))];

    /// <summary>Spectra, one for each difficult case.</summary>
    private static readonly Dictionary<string, double[]> Spectra = new(StringComparer.Ordinal)
    {
        ["one"] = [-3],
        ["two"] = [2, -5],
        ["zero"] = new double[50],
        ["identity"] = [.. Enumerable.Repeat(1.0, 50)],
        ["decaying"] = Decaying,
        ["clustered"] = [.. Enumerable.Range(0, 150).Select(i => i < 6 ? 10 - (1e-3 * i) : 5.0 / i)],
        ["negative end larger"] = [4, 2, .. Decaying.Select(value => -100 * value)],
        ["all negative"] = [.. Decaying.Select(value => -1 - value)],
        ["low rank"] = [9, 5, -2, .. new double[200]],
        ["low rank, twice"] = [9, 9, 9, -2, -2, -2, .. new double[200]],
        ["tiny negative end"] = [.. Enumerable.Range(0, 100).Select(i => i < 3 ? -1e-4 * (i + 1) : 1.0 * i)],
        ["uniform, restarts"] = [.. Enumerable.Range(0, 400).Select(i => i / 400.0)],
    };

    public static TheoryData<string> Names => [.. Spectra.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Both_ends_agree_with_the_spectrum(string name)
    {
        foreach (var block in new[] { 1, 3 })
        {
            using var scope = NewDisposeScope();
            var exact = Spectra[name].OrderDescending().ToArray();
            var (n, matrix) = (exact.Length, Matrices.WithSpectrum(exact));
            using var ends = new Lanczos(3, 3, 1e-7, block, MaxBasis: 40).Solve(SymmetricOperator.Of(matrix));
            var scale = Math.Max(exact.Max(Math.Abs), 1e-300);
            Assert.True(ends.Converged);
            Assert.Equal(Math.Min(3, n), ends.Top.Values.Count);
            Assert.Equal(Math.Min(3, n), ends.Bottom.Values.Count);
            for (var i = 0; i < Math.Min(3, n); i++)
            {
                Assert.Equal(exact[i], ends.Top.Values[i], 1e-9 * scale);
                Assert.Equal(exact[n - 1 - i], ends.Bottom.Values[i], 1e-9 * scale);
            }
            foreach (var pairs in new[] { ends.Top, ends.Bottom }) TrueToItsResiduals(matrix, pairs, scale);
        }
    }

    [Fact]
    public void The_largest_magnitude_is_not_mistaken_for_the_largest_eigenvalue()
    {
        using var scope = NewDisposeScope();
        var matrix = Matrices.WithSpectrum([1, .. Decaying.Select(value => -1000 * value)]);
        using var top = new Lanczos(1, 0, 1e-8).Solve(SymmetricOperator.Of(matrix));
        Assert.Equal(1, top.Top.Values[0], 1e-8);
        Assert.Empty(top.Bottom.Values);
        using var bottom = new Lanczos(0, 1, 1e-8).Solve(SymmetricOperator.Of(-matrix));
        Assert.Equal(-1, bottom.Bottom.Values[0], 1e-8);
    }

    /// <summary>The fifth value is near the fourth and above a gap: from some starts four and the sixth converge before it
    /// appears, and it lies along rows that wait.</summary>
    [Fact]
    public void No_start_misses_an_eigenvalue()
    {
        using var scope = NewDisposeScope();
        double[] exact =
            [46.2, 42.3, 35.5, 33.2, 32.1, 28.6, 24, 19, 17.5, .. Enumerable.Range(0, 3000).Select(i => 16 * Math.Exp(-i / 9.0))];
        var diagonal = tensor(exact);
        var A = new SymmetricOperator(exact.Length, ScalarType.Float64, v => v * diagonal);
        for (var seed = 0; seed < 300; seed++)
        {
            using var inner = NewDisposeScope();
            using var pairs = new Lanczos(5, 0, 1e-3, Seed: seed).Solve(A);
            Assert.True(pairs.Converged);
            for (var i = 0; i < 5; i++) Assert.Equal(exact[i], pairs.Top.Values[i], 1e-3);
        }
    }

    public static TheoryData<int, int, double> Multiplicities => new()
    {
        { 3, 1, 0 }, { 3, 3, 0 }, { 3, 4, 0 }, { 5, 1, 0 }, { 5, 2, 0 }, { 3, 1, 1e-5 }, { 5, 1, 1e-5 }, { 5, 3, 1e-5 },
    };

    /// <summary>Copies of eigenvalues, equal or slightly spread, at both ends and after the first.</summary>
    [Theory, MemberData(nameof(Multiplicities))]
    public void Every_copy_of_an_eigenvalue_is_found_at_both_ends(int copies, int block, double spread)
    {
        using var scope = NewDisposeScope();
        double[] distinct = [9, 5, 4, -6, -3, .. Enumerable.Range(0, 40).Select(i => (1.2 * Math.Sin(i)) + 0.5)];
        double[] exact = [.. distinct.SelectMany(value => Enumerable.Range(0, copies).Select(i => value - (i * spread))).OrderDescending()];
        var matrix = Matrices.WithSpectrum(exact);
        var wanted = (2 * copies) + 1;
        using var ends = new Lanczos(wanted, wanted, 1e-7, block, MaxBasis: 100).Solve(SymmetricOperator.Of(matrix));
        Assert.True(ends.Converged);
        for (var i = 0; i < wanted; i++)
        {
            Assert.Equal(exact[i], ends.Top.Values[i], 1e-9);
            Assert.Equal(exact[exact.Length - 1 - i], ends.Bottom.Values[i], 1e-9);
        }
        foreach (var pairs in new[] { ends.Top, ends.Bottom }) TrueToItsResiduals(matrix, pairs, 9);
    }

    [Fact]
    public void A_linear_model_with_three_outputs_has_every_eigenvalue_three_times()
    {
        using var scope = NewDisposeScope();
        // Squared error of x W^T: the Hessian has one block 2/n X^T X for each output.
        var x = Networks.Uniform(5, 200, 120) - 0.5;
        var block = 2.0 / 200 * x.t().mm(x);
        var exact = linalg.eigvalsh(block).data<double>().ToArray();
        var hessian = new SymmetricOperator(360, ScalarType.Float64, rows => rows.view(-1, 120).mm(block).view(-1, 360));
        using var ends = new Lanczos(5, 5, 1e-6).Solve(hessian);
        Assert.True(ends.Converged);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(exact[^(1 + (i / 3))], ends.Top.Values[i], 1e-9);
            Assert.Equal(exact[i / 3], ends.Bottom.Values[i], 1e-9);
        }
    }

    [Fact]
    public void The_search_for_copies_costs_at_most_as_much_again_and_nothing_for_one_pair()
    {
        using var scope = NewDisposeScope();
        var matrix = SymmetricOperator.Of(Matrices.WithSpectrum(Spectra["clustered"]));
        Assert.Equal(UntilConverged(1), Products(1, 2000).Products);
        Assert.InRange(Products(3, 2000).Products, UntilConverged(3) + 1, 2 * UntilConverged(3));

        int UntilConverged(int pairs) => Enumerable.Range(pairs, 400).First(products => Products(pairs, products).Converged);

        ExtremePairs Products(int pairs, int most)
        {
            var ends = new Lanczos(pairs, 0, 1e-6, MaxBasis: 200, MaxProducts: most).Solve(matrix);
            ends.Dispose();
            return ends;
        }
    }

    [Fact]
    public void A_block_holds_every_copy_of_an_eigenvalue()
    {
        using var scope = NewDisposeScope();
        var matrix = SymmetricOperator.Of(Matrices.WithSpectrum([7, 7, 7, .. Decaying.Select(value => value / 4)]));
        using var ends = new Lanczos(4, 0, 1e-9, Block: 3).Solve(matrix);
        double[] expected = [7, 7, 7, 2];
        for (var i = 0; i < 4; i++) Assert.Equal(expected[i], ends.Top.Values[i], 1e-9);
    }

    [Fact]
    public void For_low_rank_the_iteration_ends_early()
    {
        using var scope = NewDisposeScope();
        var matrix = SymmetricOperator.Of(Matrices.WithSpectrum([9, 5, -2, .. new double[300]]));
        using var ends = new Lanczos(2, 1, 1e-10).Solve(matrix);
        Assert.True(ends.Converged);
        Assert.InRange(ends.Products, 4, 12);
    }

    [Fact]
    public void Float32_converges_up_to_its_rounding_error()
    {
        using var scope = NewDisposeScope();
        var matrix = Matrices.WithSpectrum([4, 2, .. Decaying.Select(value => -value)]);
        using var ends = new Lanczos(2, 2, 1e-4).Solve(SymmetricOperator.Of(matrix.to(ScalarType.Float32)));
        Assert.True(ends.Converged);
        Assert.Equal(4, ends.Top.Values[0], 1e-5);
        Assert.Equal(-8, ends.Bottom.Values[0], 1e-5);
        TrueToItsResiduals(matrix, ends.Top, 8 * 1e5);
        TrueToItsResiduals(matrix, ends.Bottom, 8 * 1e5);
    }

    [Fact]
    public void A_product_that_is_not_finite_gives_NaN_not_a_crash()
    {
        using var scope = NewDisposeScope();
        var calls = 0;
        var breaking = new SymmetricOperator(
            200, ScalarType.Float64, rows => ++calls < 7 ? rows * arange(200, dtype: ScalarType.Float64) : rows * double.NaN);
        using var ends = new Lanczos(2, 1, 1e-6).Solve(breaking);
        Assert.False(ends.Converged);
        Assert.Equal([double.NaN, double.NaN], ends.Top.Values);
        Assert.True(double.IsNaN(ends.Bottom.Residuals[0]));
        Assert.Equal(7, ends.Products);
    }

    [Fact]
    public void Lanczos_reports_missing_convergence_and_refuses_invalid_parameters()
    {
        using var scope = NewDisposeScope();
        var matrix = SymmetricOperator.Of(Matrices.WithSpectrum(Spectra["uniform, restarts"]));
        var reported = new List<int>();
        using var ends = new Lanczos(2, 0, 1e-10, MaxProducts: 12).Solve(matrix, reported.Add);
        Assert.False(ends.Converged);
        Assert.Equal(Enumerable.Range(1, 12), reported);
        Assert.Throws<InvalidOperationException>(() => new Lanczos(0, 0, 1e-4).Solve(matrix));
        Assert.Throws<InvalidOperationException>(() => new Lanczos(5, 5, 1e-4, MaxBasis: 20).Solve(matrix));
    }

    [Fact]
    public void The_extreme_curvatures_of_a_network_equal_those_of_its_dense_Hessian()
    {
        using var scope = NewDisposeScope();
        var (objective, theta) = (Networks.Loss(Networks.Tiny), Networks.Tiny.Initial(3));
        using var expansion = objective.ExpandAt(theta);
        var hessian = new SymmetricOperator(objective.Dimension, ScalarType.Float64, expansion.HessianTimes);
        using var ends = new Lanczos(3, 3, 1e-8).Solve(hessian);
        var exact = linalg.eigvalsh(Networks.DifferencedHessian(objective, theta)).data<double>().ToArray();
        Assert.True(ends.Converged);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(exact[^(i + 1)], ends.Top.Values[i], 1e-7);
            Assert.Equal(exact[i], ends.Bottom.Values[i], 1e-7);
        }
    }

    [Fact]
    public void No_tensor_is_leaked()
    {
        using var scope = NewDisposeScope();
        var matrix = SymmetricOperator.Of(Matrices.WithSpectrum(Spectra["uniform, restarts"]));
        var broken = new SymmetricOperator(50, ScalarType.Float64, rows => rows * double.NaN);
        Live.AssertUnchanged(() =>
        {
            new Lanczos(2, 2, 1e-3, MaxBasis: 20).Solve(matrix).Dispose();
            new Lanczos(2, 2, 1e-3).Solve(broken).Dispose();
        });
    }

    /// <summary>In float64: the reported residual is not below the true one by more than rounding (1e-13 of the
    /// scale), an eigenvalue is within it (by the theorem), and vectors are orthonormal.</summary>
    private static void TrueToItsResiduals(Tensor matrix, Eigenpairs pairs, double scale)
    {
        var exactPrecision = pairs.Vectors.dtype == ScalarType.Float64;
        var vectors = pairs.Vectors.to(ScalarType.Float64);
        for (var i = 0; i < pairs.Values.Count; i++)
        {
            var residual = (matrix.mv(vectors[i]) - (pairs.Values[i] * vectors[i])).norm().ToDouble();
            Assert.InRange(residual, 0, pairs.Residuals[i] + (1e-13 * scale));
        }
        var gram = vectors.mm(vectors.t());
        Assert.InRange(
            (gram - eye(gram.shape[0], dtype: ScalarType.Float64)).abs().max().ToDouble(), 0, exactPrecision ? 1e-12 : 1e-5);
    }
}
