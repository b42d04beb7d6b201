using Brink.Landscapes;

namespace Brink.Tests.Landscapes;

public class EvenSplitTests
{
    public static TheoryData<int, double, double> Settings => new()
    {
        { 1, 0.4, 1.05 }, { 2, 0.2, 1.15 }, { 2, 0.05, 1.2 }, { 3, 0.1, 1.1 }, { 4, 0.08, 1.05 },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public void Descent_is_the_same_in_all_coordinates(int k, double eta, double kappa)
    {
        var descent = new EvenSplit(k, eta);
        var landscape = LandscapeCatalog.EvenSplit(k);
        var drift = new DriftPair(descent.CAt(kappa), 1.02);
        var (scalars, edge) = (drift.Scalars, descent.About(drift));
        double[] theta = [scalars.X, scalars.Y];
        for (var step = 0; step < 60; step++)
        {
            theta = [.. theta.Zip(landscape.Gradient(theta), (x, g) => x - (eta * g))];
            (scalars, drift, edge) = (descent.Next(scalars), descent.Next(drift), descent.Next(edge));
            Assert.Equal(theta[0], scalars.X, 1e-12);
            Assert.Equal(theta[1], scalars.Y, 1e-12);
            Assert.Equal(scalars.Drift.D, drift.D, 1e-12);
            Assert.Equal(scalars.Drift.C, drift.C, 1e-12);
            Assert.Equal(drift.D - 1, edge.B, 1e-12);
            Assert.Equal(drift.C - descent.EdgeC, edge.A, 1e-12);
        }
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void The_sharpness_at_a_minimum_is_that_of_the_Hessian(int k, double eta, double kappa)
    {
        var descent = new EvenSplit(k, eta);
        var at = new DriftPair(descent.CAt(kappa), 1).Scalars;
        var sharpness = LandscapeCatalog.EvenSplit(k).Extremes([at.X, at.Y]).Sharpness;
        Assert.Equal(k * ((at.X * at.X) + (at.Y * at.Y)), sharpness, 1e-10);
        Assert.Equal(descent.SharpnessAtMinimum(descent.CAt(kappa)), sharpness, 1e-10);
        Assert.Equal(kappa, eta * sharpness / 2, 1e-12);
        Assert.Equal(descent.Threshold, descent.SharpnessAtMinimum(descent.EdgeC), 1e-10);
    }

    [Fact]
    public void Drift_coordinates_convert_back_to_the_scalars()
    {
        var at = new ScalarPair(2.3, -0.4);
        Assert.Equal(at.X, at.Drift.Scalars.X, 1e-14);
        Assert.Equal(at.Y, at.Drift.Scalars.Y, 1e-14);
        Assert.Equal((2.3 * 2.3) + (0.4 * 0.4), at.Drift.SquaredNorm, 1e-13);
    }

    [Theory]
    [InlineData(0.05, 0.490)]
    [InlineData(0.03, 0.4964)]
    [InlineData(0.02, 0.4984)]
    public void The_final_sharpness_is_half_eta_below_the_edge_from_every_start(double eta, double gap)
    {
        var descent = new EvenSplit(2, eta);
        foreach (var (kappa, d) in new[] { (1.1, 1.05), (1.2, 0.9), (1.05, 1.01) })
        {
            var end = EvenSplitEnd.Of(descent, new(descent.CAt(kappa), d), 1_000_000);
            Assert.True(end.Converged);
            Assert.Equal(gap, (descent.Threshold - end.FinalSharpness) / eta, 5e-4);
        }
    }

    [Fact]
    public void The_law_has_the_coefficient_of_the_theory()
    {
        var law = FinalSharpnessLaw.Of(2, [0.01, 0.015, 0.02, 0.03], [(1.1, 1.05), (1.2, 0.9)]);
        Assert.InRange(law.StandardError, 0, 1e-3);
        Assert.Equal(0.5, law.Coefficient, 4 * law.StandardError);
        Assert.Equal(-4, law.Slope, 0.5);   // 0.490, 0.4964, 0.4984 are on 1/2 - 4 eta^2
    }

    [Fact]
    public void Two_scalars_do_not_end_at_the_edge_and_four_do()
    {
        double Final(int k, double kappa)
        {
            var split = new EvenSplit(k, 0.1 / k);
            return EvenSplitEnd.Of(split, new(split.CAt(kappa), 1.05), 1_000_000).FinalSharpness / split.Threshold;
        }

        Assert.InRange(Final(2, 1.1), 0.995, 1);
        Assert.InRange(Final(2, 1.25), 0.995, 1);
        Assert.False(Final(1, 1.1) > 0.99);
        Assert.False(Final(1, 1.25) > 0.99);
    }

    [Fact]
    public void The_convergence_map_agrees_with_single_descents()
    {
        var descent = new EvenSplit(2, 0.2);
        var grid = new ConvergenceGrid(0.6, 2.1, 0.05, 1.7, Columns: 19, Rows: 7, MaxSteps: 20_000);
        var map = ConvergenceMap.Of(descent, grid);
        for (var row = 0; row < grid.Rows; row++)
        {
            for (var column = 0; column < grid.Columns; column++)
            {
                var at = new DriftPair(descent.CAt(grid.Kappa(column)), grid.D(row)).Scalars;
                var expected = Alone(descent, at, grid.MaxSteps);
                Assert.Equal(expected, map.FinalKappas[(row * grid.Columns) + column], 1e-9);
            }
        }
        Assert.Contains(map.Steps, double.IsNaN);
        Assert.Contains(map.FinalKappas, kappa => kappa is > 0.98 and < 1);
    }

    [Fact]
    public void A_grid_below_the_balanced_point_is_refused() =>
        Assert.Contains("k eta", Assert.Throws<ArgumentException>(() =>
            ConvergenceMap.Of(new(2, 0.4), new(0.5, 2, 0, 1))).Message, StringComparison.Ordinal);

    private static double Alone(EvenSplit descent, ScalarPair at, long maxSteps)
    {
        for (var step = 0L; step < maxSteps; step += 16)
        {
            for (var i = 0; i < 16; i++) at = descent.Next(at);
            if (!double.IsFinite(at.X * at.Y)) return double.NaN;
            if (Math.Abs(Math.Abs(at.X * at.Y) - 1) < ConvergenceGrid.Tolerance && at.Drift.C < descent.EdgeC)
                return descent.Kappa(at.Drift.C);
        }
        return double.NaN;
    }
}
