using Brink.Taylor;

namespace Brink.Tests.Kernels;

/// <summary>erf near zero, where its three approximations meet, and where it is 1.</summary>
public sealed class ErrorFunctionTests
{
    // x, and erf x to 20 digits.
    private static readonly double[][] Exact =
    [
        [0, 0],
        [1e-300, 1.1283791670955126022e-300],
        [1e-10, 1.128379167095512615e-10],
        [0.1, 0.1124629160182848984],
        [0.4687, 0.49256818249964406557],
        [0.46875, 0.49261347321793799159],
        [0.469, 0.49283989496257967285],
        [1.0, 0.84270079294971486934],
        [1.5, 0.96610514647531072707],
        [2.0, 0.99532226501895273416],
        [3.9, 0.99999996520775140277],
        [4.0, 0.99999998458274209972],
        [4.1, 0.99999999329997234592],
        [5.5, 0.99999999999999264215],
        [5.9, 0.9999999999999999281],
        [6.0, 0.99999999999999997848],
        [10.0, 1.0],
        [1e300, 1.0],
        [double.PositiveInfinity, 1.0],
        [double.NaN, double.NaN],
    ];

    [Fact]
    public void The_error_function_is_odd_and_within_two_units_of_values_of_twenty_digits()
    {
        double[] x = [.. Exact.Select(row => row[0]), .. Exact.Select(row => -row[0])];
        double[] exact = [.. Exact.Select(row => row[1]), .. Exact.Select(row => -row[1])];
        foreach (var y in AllWidths.Values(new Erf(), x))
            for (var i = 0; i < x.Length; i++) Near(x[i], exact[i], y[i], 4 * Math.Pow(2, -53));
        foreach (var y in AllWidths.Values(new Erf(), Array.ConvertAll(x, number => (float)number)))
            for (var i = 0; i < x.Length; i++) Near(x[i], exact[i], y[i], 4 * Math.Pow(2, -24));
    }

    private static void Near(double x, double exact, double y, double tolerance) => Assert.True(
        y.Equals(exact) || Math.Abs(y - exact) <= (tolerance * Math.Abs(exact)) + (y == 0 ? 1e-44 : 0),
        $"x = {x:R}: {y:R} instead of {exact:R}");
}
