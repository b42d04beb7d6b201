using Brink.Dynamics.Stabilization;
using Brink.Landscapes;
using Brink.Objectives;

namespace Brink.Tests.Landscapes;

public class LandscapeTests
{
    public static TheoryData<string> Names => [.. LandscapeCatalog.All.Select(landscape => landscape.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_derivatives_of_every_landscape_pass_the_audit(string name)
    {
        using var scope = NewDisposeScope();
        var named = LandscapeCatalog.All.Single(landscape => landscape.Name == name);
        var start = named.Start(named.LearningRate);
        // At a generic point, where values are of order one.
        var theta = tensor(start.Select((x, i) => 0.4 + (0.1 * i) + (0.05 * x)).ToArray());
        var report = new DerivativeAudit(Tolerance: 1e-7).At(named.Loss(named.LearningRate), theta, [("all", start.Count)]);
        Assert.True(report.Passed, report.Fault);
        Assert.Equal(4, report.Checks.Count);
    }

    [Fact]
    public void Products_of_several_rows_agree_with_single_ones_and_leak_no_tensor()
    {
        var landscape = LandscapeCatalog.RankOne(3);
        Live.AssertUnchanged(() =>
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator(3, CPU);
            var theta = randn([12], dtype: ScalarType.Float64, generator: generator);
            using var expansion = landscape.ExpandAt(theta);
            var rows = randn([3, 12], dtype: ScalarType.Float64, generator: generator);
            var products = expansion.HessianTimes(rows);
            for (var i = 0; i < 3; i++) Assert.True(products[i].allclose(expansion.HessianTimes(rows[i])));
            expansion.ThirdDerivative(rows[0], rows[1]);
            landscape.LossAndGradient(theta);
        });
    }

    [Fact]
    public void Four_scalars_in_equal_pairs_descend_as_two()
    {
        var (four, two) = (LandscapeCatalog.FourScalars(), LandscapeCatalog.EvenSplit(2));
        double[] a = [2.1, 0.6, 2.1, 0.6], b = [2.1, 0.6];
        for (var step = 0; step < 50; step++)
        {
            a = Descended(four, a, 0.2);
            b = Descended(two, b, 0.2);
            Assert.Equal(b[0], a[0], 1e-12);
            Assert.Equal(b[1], a[3], 1e-12);
        }
    }

    [Fact]
    public void Aligned_vectors_of_the_rank_one_loss_descend_as_four_scalars()
    {
        double[] p = [0.6, 0.8, 0], q = [0, 0.6, -0.8], scalars = [2.1, 0.6, 1.9, 0.5];
        double[] Vectors(double[] s) =>
            [.. p.Select(v => s[0] * v), .. q.Select(v => s[1] * v), .. q.Select(v => s[2] * v), .. p.Select(v => s[3] * v)];
        var (four, vectors) = (scalars, Vectors(scalars));
        for (var step = 0; step < 20; step++)
        {
            four = Descended(LandscapeCatalog.FourScalars(), four, 0.1);
            vectors = Descended(LandscapeCatalog.RankOne(3), vectors, 0.1);
            Assert.All(Vectors(four).Zip(vectors), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        }
        Assert.Equal(
            LandscapeCatalog.FourScalars().Loss(four) + 1,   // the other two diagonal entries of I
            LandscapeCatalog.RankOne(3).Loss(vectors),
            1e-12);
    }

    [Fact]
    public void Descent_on_the_toy_is_the_recurrence_of_the_theory()
    {
        var (alpha, beta, eta) = (0.7, 1.9, 0.03);
        var landscape = LandscapeCatalog.SelfStabilization(alpha, beta, eta);
        var system = new CubicSystem(alpha, beta, eta);
        double[] theta = [0.02, -0.3];
        var (x, y) = (theta[0], theta[1] * Math.Sqrt(beta));
        for (var step = 0; step < 300; step++)
        {
            theta = Descended(landscape, theta, eta);
            (x, y) = system.Step(x, y);
            Assert.Equal(x, theta[0], 1e-12);
            Assert.Equal(y, theta[1] * Math.Sqrt(beta), 1e-12);
        }
        // The larger eigenvalue of [[s, sqrt(beta) x], [sqrt(beta) x, 0]].
        var s = (2 / eta) + y;
        Assert.Equal((s + Math.Sqrt((s * s) + (4 * beta * x * x))) / 2, landscape.Extremes(theta).Sharpness, 1e-10);
    }

    [Fact]
    public void Descent_keeps_its_first_steps_and_its_last_and_stops_at_a_stable_minimum()
    {
        var minimalist = LandscapeCatalog.All[0];
        var descent = LandscapeDescent.Of(minimalist.Loss(0.02), 0.02, minimalist.Start(0.02), 1_000_000);
        Assert.Equal(DescentOutcome.Converged, descent.Outcome);
        Assert.Equal(
            Enumerable.Range(0, LandscapeDescent.EveryStep).Select(i => (long)i),
            descent.Moments.Take(LandscapeDescent.EveryStep).Select(moment => moment.Step));
        Assert.Equal(descent.Steps, descent.End.Step);
        Assert.InRange(descent.Moments.Count, 1000, 8000);
        Assert.InRange((100 - descent.End.Sharpness) / 0.02, 0.49, 0.5);
    }

    [Theory]
    [InlineData("quadratic", DescentOutcome.Diverged)]
    [InlineData("logistic-product", DescentOutcome.OutOfSteps)]
    [InlineData("strict-saddle", DescentOutcome.Converged)]
    [InlineData("symmetric-logistic-product", DescentOutcome.Converged)]
    [InlineData("rosenbrock", DescentOutcome.Converged)]
    public void Descent_on_each_landscape_has_the_expected_outcome(string name, DescentOutcome outcome)
    {
        var named = LandscapeCatalog.All.Single(landscape => landscape.Name == name);
        var descent = LandscapeDescent.Of(named.Loss(named.LearningRate), named.LearningRate, named.Start(named.LearningRate), 50_000);
        Assert.Equal(outcome, descent.Outcome);
        if (outcome == DescentOutcome.Converged) Assert.InRange(descent.End.Sharpness, 0, 2 / named.LearningRate);
    }

    [Fact]
    public void Descent_does_not_stop_at_a_saddle()
    {
        var descent = LandscapeDescent.Of(LandscapeCatalog.StrictSaddle(), 0.2, [1, 0], 1000);
        Assert.Equal(DescentOutcome.OutOfSteps, descent.Outcome);
    }

    private static double[] Descended(Landscape landscape, double[] theta, double eta) =>
        [.. theta.Zip(landscape.Gradient(theta), (x, g) => x - (eta * g))];
}
