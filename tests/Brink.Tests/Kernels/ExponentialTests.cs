using System.Numerics;
using Brink.Taylor;

namespace Brink.Tests.Kernels;

/// <summary>e^x, on which softmax, swish, GELU and tanh are based.</summary>
public sealed class ExponentialTests
{
    [Fact]
    public void E_to_the_x_is_accurate_up_to_rounding_in_float64()
    {
        var x = Numbers(-745.5, 710.5, 400_000);
        foreach (var y in All(x))
        {
            for (var i = 0; i < x.Length; i++)
            {
                var exact = Math.Exp(x[i]);
                // Two units in the last place; below 2^-1022 all numbers are 2^-1074 apart.
                var tolerance = Math.Max(2 * (Math.BitIncrement(exact) - exact), double.Epsilon);
                Assert.True(y[i].Equals(exact) || Math.Abs(y[i] - exact) <= tolerance, $"x = {x[i]:R}: {y[i]:R} instead of {exact:R}");
            }
        }
    }

    [Fact]
    public void E_to_the_x_is_accurate_up_to_rounding_in_float32()
    {
        var x = Array.ConvertAll(Numbers(-103.9, 88.9, 400_000), number => (float)number);
        foreach (var y in All(x))
        {
            for (var i = 0; i < x.Length; i++)
            {
                var exact = (float)Math.Exp(x[i]);
                var tolerance = Math.Max(2 * (MathF.BitIncrement(exact) - exact), float.Epsilon);
                Assert.True(y[i].Equals(exact) || Math.Abs(y[i] - exact) <= tolerance, $"x = {x[i]:R}: {y[i]:R} instead of {exact:R}");
            }
        }
    }

    [Fact]
    public void Overflow_gives_infinity_and_underflow_gives_zero()
    {
        foreach (var y in All([double.NegativeInfinity, -1e300, -746, 0, 710, 1e300, double.PositiveInfinity, double.NaN, 1]))
            Assert.Equal([0, 0, 0, 1, double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity, double.NaN], y[..8]);
        foreach (var y in All([float.NegativeInfinity, -1e30f, -104, 0, 89, 1e30f, float.PositiveInfinity, float.NaN, 1f]))
            Assert.Equal([0, 0, 0, 1, float.PositiveInfinity, float.PositiveInfinity, float.PositiveInfinity, float.NaN], y[..8]);
    }

    [Fact]
    public void All_widths_give_the_same_bits()
    {
        var x = Numbers(-30, 30, 1003);
        var y = All(x);
        Assert.All(y, other => Assert.Equal(y[0], other));
        var single = All(Array.ConvertAll(x, number => (float)number));
        Assert.All(single, other => Assert.Equal(single[0], other));
    }

    [Fact]
    public void Tanh_is_accurate_up_to_rounding_near_zero_far_out_and_where_its_two_formulas_meet()
    {
        double[] special =
            [0, 5e-324, 1e-300, 1e-8, 0.5, Math.BitIncrement(0.5), 19, 20, Math.BitIncrement(20), 21, 1e300, double.PositiveInfinity];
        double[] x = [.. Numbers(-25, 25, 400_000), .. special, .. special.Select(number => -number), double.NaN];
        foreach (var y in AllWidths.Values(new Tanh(), x))
            for (var i = 0; i < x.Length; i++) Near(x[i], y[i], Math.Tanh(x[i]), 8 * Math.Pow(2, -53));
        var single = Array.ConvertAll(x, number => (float)number);
        foreach (var y in AllWidths.Values(new Tanh(), single))
            for (var i = 0; i < x.Length; i++) Near(single[i], y[i], Math.Tanh(single[i]), 8 * Math.Pow(2, -24));

        static void Near(double x, double y, double exact, double tolerance) => Assert.True(
            y.Equals(exact) || Math.Abs(y - exact) <= tolerance * Math.Abs(exact), $"x = {x:R}: {y:R} instead of {exact:R}");
    }

    private static double[] Numbers(double from, double to, int count) =>
        [.. Enumerable.Range(0, count).Select(i => from + ((to - from) * i / (count - 1)))];

    private static T[][] All<T>(T[] x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AllWidths.Values(new Exponential(), x);
}
