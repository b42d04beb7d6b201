using Brink.Algebra;
using Brink.Spectra;

namespace Brink.Tests.Spectra;

public class SpectralDensityTests
{
    private static readonly double[] Indefinite = [30, 12, -9, .. Enumerable.Range(1, 97).Select(i => Math.Cos(i) * 2)];

    [Theory]
    [InlineData(ProbeDistribution.Rademacher)]
    [InlineData(ProbeDistribution.Gaussian)]
    public void Traces_and_density_agree_with_the_spectrum_within_their_errors(ProbeDistribution distribution)
    {
        using var scope = NewDisposeScope();
        var matrix = SymmetricOperator.Of(Matrices.WithSpectrum(Indefinite));
        var quadrature = new SpectralDensity(60, 40, Seed: 2, distribution).Quadrature(matrix);
        Within(Indefinite.Sum(), quadrature.Trace);
        Within(Indefinite.Sum(x => x * x), quadrature.TraceOfSquare);
        Assert.Equal(60 * 40, quadrature.Products);
        Assert.Equal(30, quadrature.LargestMagnitude, 1e-9);

        double[] grid = [.. Enumerable.Range(0, 101).Select(i => -20 + (0.6 * i))];
        var curve = quadrature.Density(grid, width: 1.5);
        Assert.Equal(1, curve.Mean.Sum() * 0.6, 1e-3);
        for (var i = 0; i < grid.Length; i++)
        {
            var exact = Indefinite.Average(x => Bump((grid[i] - x) / 1.5) / 1.5);
            Assert.InRange(Math.Abs(curve.Mean[i] - exact), 0, (4.5 * curve.StandardError[i]) + 1e-5);
        }
    }

    [Fact]
    public void The_logarithmic_density_has_both_signs_with_the_right_shares()
    {
        using var scope = NewDisposeScope();
        double[] spectrum = [.. Enumerable.Repeat(100.0, 10), .. Enumerable.Repeat(-1e-3, 30), .. new double[60]];
        var quadrature = new SpectralDensity(200, 10).Quadrature(SymmetricOperator.Of(diag(tensor(spectrum))));
        double[] grid = [.. Enumerable.Range(0, 141).Select(i => -5 + (0.07 * i))];
        var positive = quadrature.LogDensity(grid, 0.2, negative: false);
        var negative = quadrature.LogDensity(grid, 0.2, negative: true);
        // Rademacher probes on a diagonal: every coordinate has the same weight, and the shares are exact.
        Assert.Equal(0.1, positive.Mean.Sum() * 0.07, 1e-6);
        Assert.Equal(0.3, negative.Mean.Sum() * 0.07, 1e-6);
        Assert.Equal(2.0, grid[positive.Mean.ToList().IndexOf(positive.Mean.Max())], 0.07);
        Assert.Equal(-3.0, grid[negative.Mean.ToList().IndexOf(negative.Mean.Max())], 0.07);
    }

    [Fact]
    public void With_as_many_steps_as_dimensions_the_nodes_are_the_spectrum()
    {
        using var scope = NewDisposeScope();
        double[] spectrum = [7, 5, 3, 1, 0.25, 0, -2];
        var quadrature = new SpectralDensity(2, 100).Quadrature(SymmetricOperator.Of(Matrices.WithSpectrum(spectrum)));
        Assert.True(quadrature.IsExact);
        foreach (var rule in quadrature.Rules)
        {
            Assert.Equal(7, rule.Nodes.Count);
            for (var i = 0; i < 7; i++) Assert.Equal(spectrum.OrderDescending().ElementAt(i), rule.Nodes[i], 1e-12);
        }
        Assert.Equal(7 / 0.25, quadrature.ConditionNumber(1e-9), 1e-9);
        Assert.Equal(7 / 2.0, quadrature.ConditionNumber(0.2), 1e-9);   // 1 and 0.25 count as null then
    }

    [Fact]
    public void A_probe_ends_at_an_invariant_subspace_and_ranks_equal_that_of_the_projection()
    {
        // A projection of rank 25: every z has components in two eigenspaces only.
        using var scope = NewDisposeScope();
        double[] spectrum = [.. Enumerable.Repeat(3.0, 25), .. new double[75]];
        var quadrature = new SpectralDensity(400, 50).Quadrature(SymmetricOperator.Of(Matrices.WithSpectrum(spectrum)));
        Assert.True(quadrature.IsExact);
        Assert.Equal(2 * 400, quadrature.Products);
        Assert.Equal(25, quadrature.ParticipationRank, 0.6);
        Assert.Equal(25, quadrature.IntrinsicRank, 0.6);
        Assert.Equal(1, quadrature.ConditionNumber(1e-6), 1e-9);
    }

    [Fact]
    public void Dimension_one_the_zero_matrix_and_non_finite_products_are_handled()
    {
        using var scope = NewDisposeScope();
        var one = new SpectralDensity(2, 5).Quadrature(SymmetricOperator.Of(tensor(new[,] { { -3.0 } })));
        Assert.Equal(-3, one.Trace.Value, 1e-14);
        Assert.Equal(0, one.Trace.StandardError);
        Assert.Equal(1, one.ConditionNumber(1e-8));
        var zero = new SpectralDensity(1, 5).Quadrature(SymmetricOperator.Of(zeros(50, 50, dtype: ScalarType.Float64)));
        Assert.Equal(0, zero.Trace.Value);
        Assert.True(double.IsNaN(zero.Trace.StandardError));
        Assert.True(double.IsNaN(zero.ConditionNumber(1e-8)));
        var broken = new SpectralDensity(2, 5).Quadrature(new(50, ScalarType.Float64, rows => rows * double.NaN));
        Assert.True(double.IsNaN(broken.Trace.Value));
        Assert.True(double.IsNaN(broken.ConditionNumber(1e-8)));
        Assert.True(double.IsNaN(broken.Density([0], 1).Mean[0]));
    }

    [Fact]
    public void The_density_of_a_network_equals_that_of_its_dense_Hessian()
    {
        using var scope = NewDisposeScope();
        var (objective, theta) = (Networks.Loss(Networks.Tiny), Networks.Tiny.Initial(3));
        using var expansion = objective.ExpandAt(theta);
        var hessian = new SymmetricOperator(objective.Dimension, ScalarType.Float64, expansion.HessianTimes);
        var reported = new List<(int, int)>();
        var quadrature = new SpectralDensity(20, 30).Quadrature(hessian, (done, of) => reported.Add((done, of)));
        var dense = Networks.DifferencedHessian(objective, theta);
        Within(dense.trace().ToDouble(), quadrature.Trace);
        Within(dense.square().sum().ToDouble(), quadrature.TraceOfSquare);
        Within(linalg.eigvalsh(dense).abs().sum().ToDouble(), quadrature.TraceOf(Math.Abs));
        Assert.Equal((600, 600), reported[^1]);
    }

    [Fact]
    public void No_tensor_is_leaked()
    {
        using var scope = NewDisposeScope();
        var matrix = SymmetricOperator.Of(Matrices.WithSpectrum(Indefinite));
        Live.AssertUnchanged(() => new SpectralDensity(3, 10).Quadrature(matrix));
    }

    private static double Bump(double x) => Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);

    private static void Within(double exact, TraceEstimate estimate) =>
        Assert.InRange(Math.Abs(estimate.Value - exact), 0, 4 * estimate.StandardError);
}
