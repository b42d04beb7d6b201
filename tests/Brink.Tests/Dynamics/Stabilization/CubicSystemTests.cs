using Brink.Dynamics.Stabilization;

namespace Brink.Tests.Dynamics.Stabilization;

public class CubicSystemTests
{
    [Fact]
    public void A_small_cycle_has_the_period_of_the_linear_one_and_a_large_one_is_slower()
    {
        var system = new CubicSystem(0.7, 1.9, 0.01);
        var unit = system.Delta * Math.Sqrt(system.Beta);
        Assert.Equal(1, system.PeriodOf(1e-3 * unit) / system.Period, 1e-6);
        Assert.True(system.PeriodOf(2 * unit) > 1.1 * system.Period);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(1.5)]
    public void The_period_is_that_of_the_flow(double share)
    {
        var system = new CubicSystem(0.7, 1.9, 0.01);
        var top = share * system.Delta * Math.Sqrt(system.Beta);
        // Runge-Kutta's steps until Y crosses its start at delta again, from X below delta.
        var (x, y, time, h) = (system.Delta, top, 0.0, 1e-4);
        var left = false;
        while (true)
        {
            var (oldX, oldY) = (x, y);
            (x, y) = Advanced(x, y, h);
            time += h;
            if (y < 0) left = true;
            if (!left || !(oldX < system.Delta && x >= system.Delta && y > 0)) continue;
            time -= h * (x - system.Delta) / (x - oldX);
            break;
        }
        Assert.Equal(1, system.PeriodOf(top) / (time / system.LearningRate), 1e-6);

        (double X, double Y) Advanced(double a, double b, double step)
        {
            (double X, double Y) F(double p, double q) => (p * q, system.Alpha - (system.Beta * p * p / 2));
            var k1 = F(a, b);
            var k2 = F(a + (step / 2 * k1.X), b + (step / 2 * k1.Y));
            var k3 = F(a + (step / 2 * k2.X), b + (step / 2 * k2.Y));
            var k4 = F(a + (step * k3.X), b + (step * k3.Y));
            return (a + (step / 6 * (k1.X + (2 * k2.X) + (2 * k3.X) + k4.X)), b + (step / 6 * (k1.Y + (2 * k2.Y) + (2 * k3.Y) + k4.Y)));
        }
    }
}
