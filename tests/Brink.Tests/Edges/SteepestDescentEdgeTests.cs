using Brink.Algebra;
using Brink.Edges;

namespace Brink.Tests.Edges;

public class SteepestDescentEdgeTests
{
    [Theory, MemberData(nameof(NormCase.Names), MemberType = typeof(NormCase))]
    public void Along_the_sharpest_direction_it_contracts_below_the_edge_and_grows_above(string name)
    {
        using var scope = NewDisposeScope();
        var (norm, H, S) = NormCase.Of(name);
        using var sharpest = new GeneralizedSharpness(norm, 50, 1e-14, 3000).Of(SymmetricOperator.Of(H));
        var eta = SteepestDescentEdge.LearningRate(S);
        Assert.Equal(S, SteepestDescentEdge.Sharpness(eta), 1e-12);
        Assert.Equal(Math.Pow(0.98, 60), Amplification(0.99 * eta), 1e-6);
        Assert.Equal(Math.Pow(1.02, 60), Amplification(1.01 * eta), 1e-5);

        double Amplification(double rate)
        {
            var w = sharpest.Direction.clone();
            for (var step = 0; step < 60; step++) w += new SteepestDescentEdge(norm).Step(H.mv(w), rate);
            return norm.Norm(w);
        }
    }

    [Theory, MemberData(nameof(NormCase.Names), MemberType = typeof(NormCase))]
    public void From_any_point_the_loss_decreases_at_every_step_below_the_edge(string name)
    {
        using var scope = NewDisposeScope();
        var (norm, H, S) = NormCase.Of(name);
        for (var seed = 0; seed < 20; seed++)
        {
            var w = Networks.Uniform((ulong)seed, 12);
            for (var step = 0; step < 50; step++)
            {
                var next = w + new SteepestDescentEdge(norm).Step(H.mv(w), 0.99 * SteepestDescentEdge.LearningRate(S));
                Assert.InRange(Loss(H, next), 0, Loss(H, w));
                w = next;
            }
        }
    }

    [Theory, MemberData(nameof(NormCase.Names), MemberType = typeof(NormCase))]
    public void With_steps_of_fixed_length_the_loss_falls_where_the_edge_is_above_the_sharpness_and_rises_below(string name)
    {
        using var scope = NewDisposeScope();
        var (norm, H, S) = NormCase.Of(name);
        using var sharpest = new GeneralizedSharpness(norm, 50, 1e-14, 3000).Of(SymmetricOperator.Of(H));
        const double length = 0.3;
        foreach (var factor in new[] { 0.99, 1.01 })
        {
            var w = sharpest.Direction * (factor * length / 2);
            var g = H.mv(w);
            Assert.Equal(factor * S, new SteepestDescentEdge(norm).Sharpness(g, length), 1e-8);
            var next = w - (length * norm.Maximizer(g));
            Assert.Equal(factor > 1, Loss(H, next) < Loss(H, w));
            Assert.Equal(Math.Pow((2 - factor) / factor, 2), Loss(H, next) / Loss(H, w), 1e-6);
        }
    }

    [Fact]
    public void Without_positive_curvature_every_learning_rate_is_stable()
    {
        Assert.Equal(double.PositiveInfinity, SteepestDescentEdge.LearningRate(0));
        Assert.Equal(double.NaN, SteepestDescentEdge.LearningRate(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => SteepestDescentEdge.Sharpness(0));
    }

    [Theory, MemberData(nameof(NormCase.Names), MemberType = typeof(NormCase))]
    public void No_tensor_is_leaked(string name)
    {
        using var scope = NewDisposeScope();
        var (edge, g) = (new SteepestDescentEdge(NormCase.Of(name).Norm), Networks.Uniform(3, 12));
        Live.AssertUnchanged(() =>
        {
            edge.Step(g, 0.1).Dispose();
            edge.Sharpness(g, 0.1);
        });
    }

    private static double Loss(Tensor H, Tensor w) => 0.5 * w.dot(H.mv(w)).ToDouble();
}
