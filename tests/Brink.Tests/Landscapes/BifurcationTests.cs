using System.Runtime.Intrinsics;
using Brink.Landscapes;

namespace Brink.Tests.Landscapes;

public class BifurcationTests
{
    [Fact]
    public void The_logistic_map_doubles_its_period_at_the_known_parameters()
    {
        var cascade = PeriodDoubling.Of(new Logistic(), from: 2.5, to: 3.54, start: 0.3, count: 7);
        Assert.Equal(3, cascade.Doublings[0], 1e-10);
        Assert.Equal(1 + Math.Sqrt(6), cascade.Doublings[1], 1e-10);
        Assert.Equal(3.5440903596, cascade.Doublings[2], 1e-9);
        Assert.Equal(3.5699456718, cascade.Accumulation, 1e-6);
    }

    [Fact]
    public void Exponents_and_periods_of_the_logistic_map_have_their_known_values()
    {
        // At 4 the exponent is ln 2; at 3.2 the slopes of the two-cycle multiply to 4 + 2r - r^2; at 3.83 there is a window of 3.
        var spec = new BifurcationSpec(3.2, 4, Parameters: 81, Start: 0.3, Iterates: 20_000);
        var diagram = BifurcationDiagram.Of(new Logistic(), spec);
        Assert.Equal(Math.Log(2), diagram.Exponents[80], 0.01);
        Assert.Equal(Math.Log(Math.Abs(4 + 6.4 - 10.24)) / 2, diagram.Exponents[0], 1e-6);
        Assert.Equal(2, diagram.Periods[0]);
        Assert.Equal(4, diagram.Periods[30]);   // 3.5
        Assert.Equal(3, diagram.Periods[63]);   // 3.83
        Assert.Equal(0, diagram.Periods[80]);
    }

    [Fact]
    public void A_diagram_equals_that_of_a_plain_loop_for_any_number_of_parameters()
    {
        var spec = new BifurcationSpec(0.8, 1.25, Parameters: 37, WarmUp: 3000, Iterates: 50);
        var diagram = BifurcationDiagram.Of(new CubicFamily(), spec);
        for (var i = 0; i < 37; i++)
        {
            var (kappa, d) = (diagram.Parameters[i], spec.Start);
            for (var n = 0; n < spec.WarmUp + 50; n++)
            {
                if (n >= spec.WarmUp) Assert.Equal(d, diagram.Iterates[i][n - spec.WarmUp], 1e-9);
                d *= 1 + (kappa * (1 - (d * d)));
            }
        }
        Assert.Equal(1.25, diagram.Parameters[^1]);
    }

    [Fact]
    public void The_two_cycle_has_its_closed_form()
    {
        var diagram = BifurcationDiagram.Of(new CubicFamily(), new(1.1, 1.2, Parameters: 5));
        for (var i = 0; i < 5; i++)
        {
            var (low, high) = CubicFamily.TwoCycle(diagram.Parameters[i]);
            Assert.Equal(low, diagram.Iterates[i].Min(), 1e-12);
            Assert.Equal(high, diagram.Iterates[i].Max(), 1e-12);
        }
    }

    [Fact]
    public void The_thresholds_of_four_scalars_have_their_known_values()
    {
        var thresholds = BifurcationThresholds.OfCubic();
        Assert.Equal(1, thresholds.TwoCycle, 1e-9);
        Assert.Equal(Math.Sqrt(5) - 1, thresholds.FourCycle, 1e-9);
        Assert.Equal(1.302, thresholds.Chaos, 1e-3);
        Assert.Equal((1.5 * Math.Sqrt(3)) - 1, thresholds.SignMixing, 1e-3);
        Assert.Equal(2, thresholds.Divergence, 1e-3);
    }

    [Theory]
    [InlineData(1, 0.3)]
    [InlineData(2, 0.2)]
    [InlineData(3, 0.1)]
    public void The_frozen_family_is_the_step_of_d_and_its_slope_agrees_with_differences(int k, double eta)
    {
        var (family, split) = (new FrozenFamily(k, eta), new EvenSplit(k, eta));
        foreach (var (kappa, d) in new[] { (1.1, 0.7), (1.4, 1.3), (0.9, -0.4) })
        {
            var next = split.Next(new DriftPair(split.CAt(kappa), d)).D;
            Assert.Equal(next, At(family.Next, d, kappa), 1e-13);
            const double H = 1e-5;
            var difference = (At(family.Next, d + H, kappa) - At(family.Next, d - H, kappa)) / (2 * H);
            Assert.Equal(difference, At(family.Slope, d, kappa), 1e-7);
        }
    }

    [Fact]
    public void The_frozen_family_tends_to_the_cubic_one()
    {
        foreach (var (eta, tolerance) in new[] { (1e-2, 1e-3), (1e-3, 1e-5) })
            Assert.Equal(At(new CubicFamily().Next, 1.3, 1.2), At(new FrozenFamily(2, eta).Next, 1.3, 1.2), tolerance);
    }

    [Fact]
    public void An_empty_range_is_refused() =>
        Assert.Contains("range of the parameter is empty", Assert.Throws<ArgumentException>(() =>
            BifurcationDiagram.Of(new CubicFamily(), new(1.2, 1.2))).Message, StringComparison.Ordinal);

    private static double At(
        Func<Vector512<double>, Vector512<double>, Vector512<double>> map, double x, double parameter) =>
        map(Vector512.Create(x), Vector512.Create(parameter))[5];

    private readonly record struct Logistic : IMapFamily
    {
        public Vector512<double> Next(Vector512<double> x, Vector512<double> parameter) =>
            parameter * x * (Vector512<double>.One - x);

        public Vector512<double> Slope(Vector512<double> x, Vector512<double> parameter) =>
            parameter * (Vector512<double>.One - (x + x));
    }
}
