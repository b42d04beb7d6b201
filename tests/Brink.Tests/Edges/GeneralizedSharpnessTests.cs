using Brink.Algebra;
using Brink.Edges;
using Brink.Tests.Spectra;

namespace Brink.Tests.Edges;

public class GeneralizedSharpnessTests
{
    // The negative end is larger in magnitude: a plain power iteration would find it.
    private static readonly double[] Indefinite = [4, 3.2, 1, 0.5, 0, -0.2, -1, -3, -7, -9];

    [Theory, MemberData(nameof(NormCase.Names), MemberType = typeof(NormCase))]
    public void It_equals_the_known_maximum_of_a_positive_definite_Hessian(string name)
    {
        using var scope = NewDisposeScope();
        var (norm, H, S) = NormCase.Of(name);
        using var found = new GeneralizedSharpness(norm, 50, 1e-14, 3000).Of(SymmetricOperator.Of(H));
        Assert.Equal(S, found.Value, 1e-9);
        Assert.Equal(1, norm.Norm(found.Direction), 1e-12);
        Assert.Equal(found.Value, found.Direction.dot(H.mv(found.Direction)).ToDouble(), 1e-12);
        Assert.All(found.Starts, start => Assert.True(start.Converged));
        Assert.Equal(50, found.Starts.Count);
        Assert.Equal(found.Value, found.Starts.Max(start => start.Value));
        Assert.Equal(found.Products, found.Starts.Sum(start => start.Products));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void It_equals_the_maximum_over_all_signs_of_an_indefinite_Hessian(ulong seed)
    {
        // With a diagonal that is not negative the maximum over the cube is at a corner.
        using var scope = NewDisposeScope();
        var random = Networks.Uniform(seed, 12, 12);
        var H = random + random.t();
        H.diagonal().abs_();
        Assert.InRange(linalg.eigvalsh(H).min().ToDouble(), -20, -1);
        using var found = new GeneralizedSharpness(new InfinityNorm(), 100, 1e-10, 200).Of(SymmetricOperator.Of(H));
        Assert.Equal(NormCase.OverSigns(H), found.Value, 1e-9);
    }

    [Fact]
    public void In_the_Euclidean_norm_it_is_the_top_eigenvalue_however_negative_the_others_are()
    {
        using var scope = NewDisposeScope();
        var H = SymmetricOperator.Of(Matrices.WithSpectrum(Indefinite));
        using var found = new GeneralizedSharpness(new EuclideanNorm(), 3, 1e-10, 2000).Of(H);
        Assert.Equal(4, found.Value, 1e-6);
        Assert.All(found.Starts, start => Assert.True(start.Converged));
        // With the ball's centre as the only maximum, the value tends to 0 from below.
        using var negative = new GeneralizedSharpness(new EuclideanNorm(), 2, 1e-6, 2000).Of(H.Shifted(-5));
        Assert.InRange(negative.Value, -1e-8, 0);
    }

    [Fact]
    public void A_negative_coordinate_of_a_diagonal_Hessian_is_zero_at_the_maximum_over_the_cube()
    {
        using var scope = NewDisposeScope();
        var H = SymmetricOperator.Of(diag(tensor(new[] { 3.0, -2, 1 })));
        using var found = new GeneralizedSharpness(new InfinityNorm(), 2, 1e-12, 100).Of(H);
        Assert.Equal(4, found.Value, 1e-12);
        Assert.Equal([1, 0, 1], found.Direction.abs().data<double>().ToArray());
    }

    [Theory, MemberData(nameof(NormCase.Names), MemberType = typeof(NormCase))]
    public void The_value_never_decreases_with_more_products(string name)
    {
        using var scope = NewDisposeScope();
        var norm = NormCase.Of(name).Norm;
        var H = SymmetricOperator.Of(Matrices.WithSpectrum([.. Indefinite, -2, -4]));
        for (var seed = 0; seed < 5; seed++)
        {
            var values = Enumerable.Range(1, 40).Select(ValueAfter).ToArray();
            for (var i = 1; i < 40; i++) Assert.InRange(values[i], values[i - 1] - 1e-12, double.PositiveInfinity);
            Assert.InRange(values[39] - values[0], 0.1, double.PositiveInfinity);

            double ValueAfter(int products)
            {
                using var found = new GeneralizedSharpness(norm, 1, 1e-12, products, seed).Of(H);
                Assert.InRange(found.Products, 1, products);
                return found.Value;
            }
        }
    }

    [Fact]
    public void Given_directions_come_first_and_the_value_is_at_least_theirs()
    {
        using var scope = NewDisposeScope();
        var H = Matrices.WithSpectrum([9, 4, 2, 1, 0.5, 0.1]);
        var (_, Q) = linalg.eigh(H);
        var u = Q.select(1, 5);
        using var first = new GeneralizedSharpness(new InfinityNorm(), 0, 1e-12, 1).Of(SymmetricOperator.Of(H), u.unsqueeze(0));
        Assert.Equal(9 / Math.Pow(u.abs().max().ToDouble(), 2), first.Value, 1e-9);
        Assert.False(first.Starts[0].Converged);
        using var found = new GeneralizedSharpness(new InfinityNorm(), 4, 1e-12, 50).Of(SymmetricOperator.Of(H), u.unsqueeze(0));
        Assert.Equal(5, found.Starts.Count);
        Assert.InRange(found.Starts[0].Value, first.Value, found.Value);
    }

    [Fact]
    public void A_non_finite_product_makes_the_value_NaN_and_a_search_without_starts_is_refused()
    {
        using var scope = NewDisposeScope();
        var broken = new SymmetricOperator(12, ScalarType.Float64, rows => rows * double.NaN);
        using var found = new GeneralizedSharpness(NormCase.Spectral, 2, 1e-6, 10).Of(broken);
        Assert.Equal(double.NaN, found.Value);
        Assert.All(found.Starts, start => Assert.False(start.Converged));
        Assert.Throws<InvalidOperationException>(() => new GeneralizedSharpness(NormCase.Spectral, 0, 1e-6, 10).Of(broken));
    }

    [Theory, MemberData(nameof(NormCase.Names), MemberType = typeof(NormCase))]
    public void No_tensor_is_leaked(string name)
    {
        using var scope = NewDisposeScope();
        var (norm, dense, _) = NormCase.Of(name);
        var (H, directions) = (SymmetricOperator.Of(dense - eye(12, dtype: ScalarType.Float64)), Networks.Uniform(4, 1, 12));
        Live.AssertUnchanged(() => new GeneralizedSharpness(norm, 2, 1e-8, 20).Of(H, directions).Dispose());
    }
}
