using Brink.Edges;

namespace Brink.Tests.Edges;

public class SamEdgeTests
{
    private const double Lambda = 3, Slope = 0.4;

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.05)]
    [InlineData(2.0)]
    public void The_oscillation_shrinks_below_the_edge_and_grows_above(double rho)
    {
        var eta = new SamEdge(rho, Slope).LearningRate(Lambda);
        Assert.Equal(Math.Pow(0.98, 100), Amplification(0.99 * eta), 1e-6);
        Assert.Equal(1, Amplification(eta), 1e-6);
        Assert.Equal(Math.Pow(1.02, 100), Amplification(1.01 * eta), 1e-5);

        // The method itself on L = lambda x^2/2 + slope y, whose gradient norm is the slope to second order in x.
        double Amplification(double rate)
        {
            const double start = 1e-7;
            var (x, y) = (start, 0.0);
            for (var step = 0; step < 100; step++)
            {
                var (gx, gy) = Gradient(x, y);
                var scale = rho / Math.Sqrt((gx * gx) + (gy * gy));
                var (ax, ay) = Gradient(x + (scale * gx), y + (scale * gy));
                (x, y) = (x - (rate * ax), y - (rate * ay));
            }
            return x / start;
        }

        static (double X, double Y) Gradient(double x, double y) => (Lambda * x, Slope + (0 * y));
    }

    [Theory]
    [InlineData(0.0, 0.1, 1.0)]
    [InlineData(0.05, 0.02, 0.3)]
    [InlineData(1.0, 10.0, 1e-6)]
    public void Both_edges_are_inverse_to_each_other_and_below_that_of_gradient_descent(double rho, double eta, double norm)
    {
        var edge = new SamEdge(rho, norm);
        Assert.Equal(1, edge.LearningRate(edge.Curvature(eta)) / eta, 1e-12);
        Assert.InRange(edge.Curvature(eta), 0, 2 / eta);
        Assert.Equal(1, new SamEdge(1e-14, norm).Curvature(eta) * eta / 2, 1e-6);
    }

    [Fact]
    public void The_curvature_is_that_of_the_formula()
    {
        const double rho = 0.3, eta = 0.07, norm = 0.5;
        var formula = norm / (2 * rho) * (Math.Sqrt(1 + (8 * rho / (eta * norm))) - 1);
        Assert.Equal(formula, new SamEdge(rho, norm).Curvature(eta), 1e-12);
    }

    [Fact]
    public void Negative_curvature_is_stable_only_beyond_the_reach_of_the_ascent()
    {
        var edge = new SamEdge(0.5, 1);
        Assert.Equal(double.PositiveInfinity, edge.LearningRate(-1.9));
        // eta lambda (1 + rho lambda/|g|) = eta 3 (1.5 - 1).
        Assert.Equal(2 / 1.5, edge.LearningRate(-3), 1e-12);
        Assert.Throws<InvalidOperationException>(() => new SamEdge(-1, 1).LearningRate(1));
        Assert.Throws<InvalidOperationException>(() => new SamEdge(0.1, 0).Curvature(1));
    }
}
