namespace Brink.MiniBatches;

/// <summary>The 97.5 % quantile of Student's t distribution, for two-sided intervals of 95 %.</summary>
internal static class StudentQuantile
{
    // Quantile of the normal distribution.
    private const double Z = 1.959963984540054;

    // Exact quantiles for 1 to 4 degrees of freedom, where the expansion is not accurate.
    private static readonly double[] Few = [12.706204736432095, 4.302652729911275, 3.182446305284263, 2.776445105197793];

    /// <summary>Returns the quantile; from 5 degrees of freedom on by the expansion of Abramowitz and Stegun 1964, 26.7.5, to
    /// 1e-3.</summary>
    public static double At95(int degrees)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(degrees, 1);
        if (degrees <= Few.Length) return Few[degrees - 1];
        var (z, n) = (Z, (double)degrees);
        var (z2, z4, z6) = (z * z, Math.Pow(z, 4), Math.Pow(z, 6));
        return z
            + (z * (z2 + 1) / (4 * n))
            + (z * ((5 * z4) + (16 * z2) + 3) / (96 * n * n))
            + (z * ((3 * z6) + (19 * z4) + (17 * z2) - 15) / (384 * n * n * n))
            + (z * ((79 * z4 * z4) + (776 * z6) + (1482 * z4) - (1920 * z2) - 945) / (92160 * Math.Pow(n, 4)));
    }
}
