using Brink.Taylor;

namespace Brink.Tests.Kernels;

/// <summary>sin and cos, whose arguments are reduced to [-pi/4, pi/4].</summary>
public sealed class SineTests
{
    // x, sin x and cos x to 20 digits: the double up to 1e5 that is nearest to a multiple of pi/2, and others.
    private static readonly double[][] Exact =
    [
        [1.5707963267948966, 1.0, 6.1232339957367658861e-17],
        [3.141592653589793, 1.2246467991473531772e-16, -1.0],
        [0.7853981633974483, 0.70710678118654750275, 0.70710678118654754605],
        [1e-08, 1.0000000000000000043e-8, 0.99999999999999995],
        [1.0, 0.84147098480789650665, 0.5403023058681397174],
        [22.0, -0.0088513092904038759217, -0.99996082639463712645],
        [45.553093477052, 1.0, -6.1898063658835770002e-19],
        [355.0, -0.000030144353359488449214, -0.99999999954565898017],
        [-99999.9, -0.13533980676109594036, -0.99079924137328103305],
        [99998.46496008991, 1.0, -1.2533624721558477173e-13],
        [100000.0, 0.035748797972016509316, -0.99936080743821245189],
        [103993.0, -0.000019129335778423750224, 0.99999999981703425632],
        [10000000000.0, -0.48750602508751069153, 0.87311962267685600118],
        [35184372088832.0, 0.71849129172091509699, 0.69553595429798658324],
        [52776558133248.0, 0.93292266955538055391, 0.36007678712972073696],
        [1e+22, -0.85220084976718880177, 0.5232147853951389455],
        [1e+300, -0.81788191211590859705, -0.57538611195754904669],
    ];

    [Fact]
    public void Sine_and_cosine_are_within_two_units_of_values_of_twenty_digits()
    {
        double[] x = [.. Exact.Select(row => row[0])];
        foreach (var y in AllWidths.Values(new Sin(), x)) Near(Exact, 1, y);
        foreach (var y in AllWidths.Values(new Cos(), x)) Near(Exact, 2, y);

        static void Near(double[][] exact, int column, double[] y)
        {
            for (var i = 0; i < y.Length; i++)
                Assert.True(IsNear(exact[i][column], y[i]), $"x = {exact[i][0]:R}: {y[i]:R} instead of {exact[i][column]:R}");
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(300)]
    [InlineData(100_000)]
    [InlineData(1e9)]
    [InlineData(1e15)]
    public void Sine_and_cosine_are_within_two_units_in_the_last_place_in_float64(double largest)
    {
        var x = Numbers(largest);
        foreach (var y in AllWidths.Values(new Sin(), x))
            for (var i = 0; i < x.Length; i++) Assert.True(IsNear(Math.Sin(x[i]), y[i]), $"sin {x[i]:R} = {y[i]:R}");
        foreach (var y in AllWidths.Values(new Cos(), x))
            for (var i = 0; i < x.Length; i++) Assert.True(IsNear(Math.Cos(x[i]), y[i]), $"cos {x[i]:R} = {y[i]:R}");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(300)]
    [InlineData(100_000)]
    [InlineData(1e9)]
    public void Sine_and_cosine_are_within_two_units_in_the_last_place_in_float32(double largest)
    {
        var x = Array.ConvertAll(Numbers(largest), number => (float)number);
        foreach (var y in AllWidths.Values(new Sin(), x))
            for (var i = 0; i < x.Length; i++) Assert.True(IsNear(Math.Sin(x[i]), y[i]), $"sin {x[i]:R} = {y[i]:R}");
        foreach (var y in AllWidths.Values(new Cos(), x))
            for (var i = 0; i < x.Length; i++) Assert.True(IsNear(Math.Cos(x[i]), y[i]), $"cos {x[i]:R} = {y[i]:R}");
    }

    [Fact]
    public void All_widths_give_the_same_bits()
    {
        double[] x = [.. Numbers(200_000)[..10_001], 1e300, double.NaN, double.PositiveInfinity];
        Assert.All(AllWidths.Values(new Sin(), x), (y, _) => Assert.Equal(AllWidths.Values(new Sin(), x)[0], y));
        Assert.All(AllWidths.Values(new Tan(), x), (y, _) => Assert.Equal(AllWidths.Values(new Tan(), x)[0], y));
        var single = Array.ConvertAll(x, number => (float)number);
        Assert.All(AllWidths.Values(new Cos(), single), (y, _) => Assert.Equal(AllWidths.Values(new Cos(), single)[0], y));
    }

    private static bool IsNear(double exact, double y) => Math.Abs(y - exact) <= 2 * (Math.BitIncrement(Math.Abs(exact)) - Math.Abs(exact));

    private static bool IsNear(double exact, float y)
    {
        var size = (float)Math.Abs(exact);
        return Math.Abs(y - exact) <= 2 * ((double)MathF.BitIncrement(size) - size);
    }

    private static double[] Numbers(double largest) => [.. Enumerable.Range(0, 200_001).Select(i => largest * ((i / 100_000.0) - 1))];
}
