using Brink.Edges;

namespace Brink.Tests.Edges;

public class NormTests
{
    [Theory, MemberData(nameof(NormCase.Names), MemberType = typeof(NormCase))]
    public void The_maximizer_attains_the_dual_norm_and_no_other_vector_of_the_ball_exceeds_it(string name)
    {
        using var scope = NewDisposeScope();
        var norm = NormCase.Of(name).Norm;
        var g = Networks.Uniform(3, 12);
        var d = norm.Maximizer(g);
        Assert.Equal(1, norm.Norm(d), 1e-12);
        Assert.Equal(norm.DualNorm(g), g.dot(d).ToDouble(), 1e-12);
        for (var seed = 0; seed < 200; seed++)
        {
            var other = Networks.Uniform((ulong)seed, 12);
            Assert.InRange(Math.Abs(g.dot(other).ToDouble()) / norm.Norm(other), 0, norm.DualNorm(g) + 1e-12);
        }
        Assert.Equal(0, norm.Maximizer(zeros_like(g)).abs().sum().ToDouble());
        Assert.Equal(0, norm.DualNorm(zeros_like(g)));
    }

    [Fact]
    public void The_parts_of_the_spectral_norm_are_the_singular_values_of_the_matrices_and_the_other_entries()
    {
        using var scope = NewDisposeScope();
        // 2 | diag(4, -3) as 2 by 3 | -5
        var g = tensor(new[] { 2.0, 4, 0, 0, 0, -3, 0, -5 });
        var norm = new SpectralNorm([new(1, 2, 3)]);
        Assert.Equal(5, norm.Norm(g), 1e-12);
        Assert.Equal(2 + 4 + 3 + 5, norm.DualNorm(g), 1e-12);
        Assert.Equal([1, 1, 0, 0, 0, -1, 0, -1], norm.Maximizer(g).data<double>().ToArray().Select(x => Math.Round(x, 12)));
    }

    [Fact]
    public void Singular_values_of_zero_do_not_move()
    {
        using var scope = NewDisposeScope();
        var (u, v) = (Networks.Uniform(1, 4), Networks.Uniform(2, 5));
        var norm = new SpectralNorm([new(0, 4, 5)]);
        var expected = outer(u / u.norm(), v / v.norm()).flatten();
        Assert.InRange(Networks.Relative(norm.Maximizer(outer(u, v).flatten()), expected), 0, 1e-12);
    }

    [Fact]
    public void Layers_that_overlap_are_refused() =>
        Assert.Throws<ArgumentException>(() => new SpectralNorm([new(4, 2, 2), new(0, 1, 5)]));

    [Theory, MemberData(nameof(NormCase.Names), MemberType = typeof(NormCase))]
    public void No_tensor_is_leaked(string name)
    {
        using var scope = NewDisposeScope();
        var (norm, g) = (NormCase.Of(name).Norm, Networks.Uniform(3, 12));
        Live.AssertUnchanged(() =>
        {
            norm.Norm(g);
            norm.DualNorm(g);
            norm.Maximizer(g).Dispose();
        });
    }
}
