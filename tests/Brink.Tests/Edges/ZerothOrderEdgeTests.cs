using Brink.Algebra;
using Brink.Edges;
using Brink.Spectra;
using Brink.Tests.Spectra;

namespace Brink.Tests.Edges;

public class ZerothOrderEdgeTests
{
    private static readonly double[] Spectrum = [5, 2, 2, 0.7, 0.3, 0.1];

    private static readonly double[] Long =
        [60, 25, 10, .. Enumerable.Range(1, 150).Select(i => 4 / Math.Pow(i, 1.2)), .. Enumerable.Range(1, 47).Select(i => -0.02 * i)];

    public static TheoryData<string, double> Methods => new()
    {
        { "gradient descent", 0 }, { "momentum", 0.5 }, { "momentum", 0.9 }, { "Adam", 0.5 }, { "Adam", 0.9 },
    };

    [Theory, MemberData(nameof(Methods))]
    public void Second_moments_shrink_one_percent_below_the_edge_and_grow_one_percent_above(string method, double beta)
    {
        using var scope = NewDisposeScope();
        var edge = Edge(method, beta).Threshold(Spectrum);
        Assert.Equal(0, edge.StandardError);
        Assert.InRange(edge.LearningRate, edge.Lower, edge.Upper);
        var run = Method(method, beta, Matrices.WithSpectrum(Spectrum), ones(6, dtype: ScalarType.Float64));
        Assert.InRange((run with { Eta = 0.99 * edge.LearningRate }).Growth(), 0.9, 1 - 1e-4);
        Assert.InRange((run with { Eta = 1.01 * edge.LearningRate }).Growth(), 1 + 1e-4, 1.1);
        Assert.Equal(1, (run with { Eta = edge.LearningRate }).Growth(), 1e-9);
    }

    [Theory, MemberData(nameof(Methods))]
    public void The_covariance_of_the_recursion_is_that_over_runs_with_two_point_estimates(string method, double beta)
    {
        using var scope = NewDisposeScope();
        var run = Method(method, beta, Matrices.WithSpectrum(Spectrum), Preconditioner(method)) with { Eta = 0.03 };
        var x = Networks.Uniform(5, 6);
        var (exact, simulated) = (run.Covariance(x, 3), run.Simulated(x, 3, runs: 400_000, seed: 11));
        Assert.InRange(Networks.Relative(simulated, exact), 1e-6, 0.02);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void The_edge_of_Adam_holds_where_the_preconditioner_and_the_Hessian_do_not_commute(double beta)
    {
        using var scope = NewDisposeScope();
        var (H, P) = (Matrices.WithSpectrum(Spectrum), Preconditioner("Adam"));
        var eta = new ZerothOrderAdamEdge(beta).LearningRate(H, P);
        var run = Method("Adam", beta, H, P);
        Assert.InRange((run with { Eta = 0.99 * eta }).Growth(), 0.9, 1 - 1e-4);
        Assert.InRange((run with { Eta = 1.01 * eta }).Growth(), 1 + 1e-4, 1.1);
        // The eigenvalues of P^-1 H alone give a rate that is far from stable here.
        var root = P.rsqrt();
        var bound = ZerothOrderEdge.Adam(beta).Threshold(linalg.eigvalsh(root.unsqueeze(1) * H * root).data<double>().ToArray());
        Assert.InRange(bound.LearningRate / eta, 1.2, 10);
        Assert.InRange((run with { Eta = bound.LearningRate }).Growth(), 1.01, 10);
    }

    [Fact]
    public void The_edge_of_Adam_is_that_of_the_eigenvalues_where_both_commute_and_a_closed_form_at_rank_one()
    {
        using var scope = NewDisposeScope();
        var P = tensor(new[] { 0.1, 3, 0.5, 2, 1, 0.02 });
        var commuting = ZerothOrderEdge.Adam(0.9).Threshold([.. Spectrum.Zip(P.data<double>().ToArray(), (l, one) => l / one)]);
        Assert.Equal(1, new ZerothOrderAdamEdge(0.9).LearningRate(diag(tensor(Spectrum)), P) / commuting.LearningRate, 1e-12);

        // H = v v^T: W = (v.v) (v.P^-2 v)/(v.P^-1 v)^2 and lambda = v.P^-1 v.
        var v = Networks.Uniform(8, 6);
        var lambda = (v * v / P).sum().ToDouble();
        var W = (v.square().sum() * (v / P).square().sum()).ToDouble() / (lambda * lambda);
        var eta = new ZerothOrderAdamEdge(0.9).LearningRate(outer(v, v), P);
        Assert.Equal(1, eta * lambda * ((W / 2) + (1 / 1.9)), 1e-10);
    }

    [Fact]
    public void Equal_eigenvalues_give_the_closed_form_between_the_bounds()
    {
        // k eta l / (2 (1 - eta l)) = 1: eta = 2/((k + 2) l), which is the lower bound.
        var edge = ZerothOrderEdge.GradientDescent.Threshold([3, 3, 3, 3, 0, 0]);
        Assert.Equal(2 / (6.0 * 3), edge.LearningRate, 1e-14);
        Assert.Equal(2 / (12 + 6.0), edge.Lower, 1e-14);
        Assert.Equal(2 / 12.0, edge.Upper, 1e-14);
        var momentum = ZerothOrderEdge.Momentum(0.9).Threshold(Spectrum);
        Assert.Equal(2 * 0.1 / (10.1 + (2 * 5 / 1.9)), momentum.Lower, 1e-12);
        Assert.Equal(2 * 0.1 / 10.1, momentum.Upper, 1e-12);
    }

    [Fact]
    public void Negative_curvature_that_is_held_does_not_move_the_edge_of_the_other_directions()
    {
        double[] lambda = [3, 1, 0.5, -2];
        var eta = ZerothOrderEdge.GradientDescent.Threshold(lambda).LearningRate;
        Assert.Equal(ZerothOrderEdge.GradientDescent.Threshold([3, 1, 0.5]).LearningRate, eta);
        Assert.InRange(Held(0.99 * eta), 0, 1e4);
        Assert.InRange(Held(1.01 * eta), 1e8, double.PositiveInfinity);

        // Second moments after 10,000 steps, with that along the negative curvature held at 1.
        double Held(double rate)
        {
            double[] s = [1, 1, 1, 1];
            for (var step = 0; step < 10_000; step++)
            {
                var noise = rate * rate * lambda.Zip(s, (l, one) => l * l * one).Sum();
                s = [.. lambda.Zip(s, (l, one) => ((1 - (2 * rate * l) + (2 * rate * rate * l * l)) * one) + noise)];
                s[3] = 1;
            }
            return s.Sum();
        }
    }

    [Fact]
    public void A_quadrature_gives_the_edge_within_its_error_and_deflation_reduces_the_error()
    {
        using var scope = NewDisposeScope();
        var H = SymmetricOperator.Of(Matrices.WithSpectrum(Long));
        var exact = ZerothOrderEdge.GradientDescent.Threshold(Long).LearningRate;
        using var pairs = new Lanczos(5, 1, 1e-8).Solve(H);
        var (whole, deflated, wholeErrors, errors) = (0.0, 0.0, 0.0, 0.0);
        for (var seed = 0; seed < 20; seed++)
        {
            var density = new SpectralDensity(8, 30, seed);
            var plain = ZerothOrderEdge.GradientDescent.Threshold(density.Quadrature(H));
            var better = ZerothOrderEdge.GradientDescent.Threshold(H, pairs.Top, density);
            Assert.InRange(better.LearningRate, better.Lower, better.Upper);
            whole += Math.Pow(plain.StandardError, 2) / 20;
            deflated += Math.Pow(better.StandardError, 2) / 20;
            wholeErrors += Math.Pow(plain.LearningRate - exact, 2) / 20;
            errors += Math.Pow(better.LearningRate - exact, 2) / 20;
        }
        Assert.InRange(Math.Sqrt(wholeErrors / whole), 0.6, 1.6);
        Assert.InRange(Math.Sqrt(errors / deflated), 0.6, 1.6);
        Assert.InRange(Math.Sqrt(deflated) / exact, 0, 0.01);
        Assert.InRange(Math.Sqrt(deflated / whole), 0, 0.1);
    }

    [Fact]
    public void Without_positive_curvature_the_edge_is_infinite_and_without_finite_values_unknown()
    {
        Assert.Equal(double.PositiveInfinity, ZerothOrderEdge.GradientDescent.Threshold([0, -3]).LearningRate);
        Assert.Equal(double.NaN, ZerothOrderEdge.GradientDescent.Threshold([1, double.NaN]).LearningRate);
        Assert.Throws<ArgumentOutOfRangeException>(() => ZerothOrderEdge.Momentum(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ZerothOrderEdge.Adam(-0.1));
    }

    [Fact]
    public void No_tensor_is_leaked()
    {
        using var scope = NewDisposeScope();
        var (dense, P) = (Matrices.WithSpectrum(Spectrum), Preconditioner("Adam"));
        var H = SymmetricOperator.Of(dense);
        using var pairs = new Lanczos(1, 1, 1e-8).Solve(H);
        Live.AssertUnchanged(() =>
        {
            ZerothOrderEdge.GradientDescent.Threshold(H, pairs.Top, new(2, 4));
            new ZerothOrderAdamEdge(0.9).LearningRate(dense, P);
        });
    }

    private static ZerothOrderEdge Edge(string method, double beta) => method switch
    {
        "momentum" => ZerothOrderEdge.Momentum(beta),
        "Adam" => ZerothOrderEdge.Adam(beta),
        _ => ZerothOrderEdge.GradientDescent,
    };

    private static ZerothOrderMethod Method(string method, double beta, Tensor H, Tensor P) =>
        new(H, P, beta, method == "Adam" ? 1 - beta : 1, double.NaN);

    private static Tensor Preconditioner(string method) => method == "Adam"
        ? tensor(new[] { 0.1, 3, 0.5, 2, 1, 0.2 })
        : ones(6, dtype: ScalarType.Float64);
}
