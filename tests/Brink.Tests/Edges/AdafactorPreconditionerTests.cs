using Brink.Edges;
using Brink.Tests.Spectra;

namespace Brink.Tests.Edges;

public class AdafactorPreconditionerTests
{
    private const double Floor = 1e-7, LeastScale = 1e-3;
    private const int Rows = 3, Columns = 2, Steps = 400;

    /// <summary>One parameter [3,2] with constant second moments: two rows oscillate on a quadratic, and the last one holds the lengths
    /// of the parameter and of its gradient to second order.</summary>
    /// <param name="rate">Learning rate; in the last case 1/sqrt(t) is less.</param>
    /// <param name="step">Number t of the step.</param>
    /// <param name="threshold">Threshold of the length of an update.</param>
    /// <param name="slope">Gradient of the last row; in two cases the update is longer than the threshold.</param>
    [Theory]
    [InlineData(0.01, 100, 1.0, 0.0)]
    [InlineData(0.01, 100, 1.0, 4.0)]
    [InlineData(0.01, 100, 2.0, 4.0)]
    [InlineData(0.5, 100, 1.0, 0.0)]
    public void The_oscillation_shrinks_one_percent_below_the_edge_and_grows_one_percent_above(
        double rate, long step, double threshold, double slope)
    {
        using var scope = NewDisposeScope();
        var (centre, variance) = (zeros(Rows, Columns, dtype: ScalarType.Float64), Variance());
        var constant = zeros_like(centre);
        centre[^1] = tensor(new[] { 3.0, -2 });
        constant[^1] = tensor(new[] { slope, slope });
        var P = new AdafactorPreconditioner(rate, step, Floor, LeastScale, threshold).Of(centre, constant, variance).flatten();
        var H = zeros(Rows * Columns, Rows * Columns, dtype: ScalarType.Float64);
        H.narrow(0, 0, 4).narrow(1, 0, 4).copy_(Matrices.WithSpectrum([5, 3, 2, 1]));
        var scaled = H / (P.sqrt().unsqueeze(1) * P.sqrt());
        // The curvature at which the largest eigenvalue of P^-1/2 H P^-1/2 is 2/eta.
        H *= 2 / rate / linalg.eigvalsh(scaled).max().ToDouble();
        Assert.InRange(Amplification(0.99), 0, 0.05);
        Assert.InRange(Amplification(1.01), 20, double.PositiveInfinity);

        double Amplification(double scale)
        {
            using var inner = NewDisposeScope();
            var start = 1e-7 * Networks.Uniform(2, Rows, Columns);
            start[^1] = zeros(Columns, dtype: ScalarType.Float64);
            var x = start.clone();
            for (var i = 0; i < Steps; i++)
            {
                using var each = NewDisposeScope();
                var gradient = constant + (scale * H.mv(x.flatten())).view(Rows, Columns);
                // Less the constant part of the update, which moves the last row alone.
                var next = Updated(centre + x, gradient) - Updated(centre, constant) + x;
                x.copy_(next);
            }
            return x.narrow(0, 0, Rows - 1).norm().ToDouble() / start.norm().ToDouble();
        }

        Tensor Updated(Tensor theta, Tensor gradient)
        {
            var u = gradient / variance.sqrt();
            var shortened = u / Math.Max(1, Length(u) / threshold);
            return -Math.Max(LeastScale, Length(theta)) * Math.Min(rate, 1 / Math.Sqrt(step)) * shortened;
        }

        static double Length(Tensor x) => Math.Sqrt(x.square().mean().ToDouble());
    }

    [Fact]
    public void The_second_moments_are_the_product_of_the_means_over_rows_and_columns()
    {
        using var scope = NewDisposeScope();
        // Squares that are a product keep their values.
        var squares = tensor(new[,] { { 1.0, 4 }, { 2, 8 }, { 0.5, 2 } });
        var variance = AdafactorPreconditioner.Variance(squares.mean([1], keepdim: true), squares.mean([0], keepdim: true), Floor);
        Assert.Equal(0, (variance - squares).abs().max().ToDouble(), 1e-14);
        Assert.Equal([4L, 3, 2], AdafactorPreconditioner.Variance(ones(4, 3, 1), ones(4, 1, 2), Floor).shape);
    }

    [Fact]
    public void A_second_moment_of_zero_counts_as_the_floor()
    {
        using var scope = NewDisposeScope();
        var P = new AdafactorPreconditioner(0.01, 1, Floor, LeastScale).Of(zeros(2), zeros(2), zeros(2));
        Assert.Equal(Floor / LeastScale, P[0].ToDouble(), 1e-9);
    }

    [Fact]
    public void No_tensor_is_left_behind() => Live.AssertUnchanged(() =>
    {
        using var scope = NewDisposeScope();
        var variance = AdafactorPreconditioner.Variance(ones(2, 1), ones(1, 3), Floor);
        new AdafactorPreconditioner(0.01, 1, Floor).Of(ones(2, 3), ones(2, 3), variance);
    });

    private static Tensor Variance()
    {
        var squares = 0.5 + Networks.Uniform(3, Rows, Columns).square();
        return AdafactorPreconditioner.Variance(squares.mean([1], keepdim: true), squares.mean([0], keepdim: true), Floor);
    }
}
