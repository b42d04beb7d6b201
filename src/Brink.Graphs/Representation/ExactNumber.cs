using System.Globalization;

namespace Brink.Graphs;

/// <summary>The number that a float32 scalar of a file stands for.</summary>
/// <remarks>Exporters store 1e-5, 1/3 or the square root of 2 rounded to float32. Computed in float64, the rounding changes
/// eigenvalues by 1e-8 of the largest one. Of all numbers that round to the stored one, a short decimal, a fraction of small
/// numbers, or a root of one is taken, or a constant of selu, which is what the framework computes with in float64. The
/// value in float32 never changes.</remarks>
internal static class ExactNumber
{
    private const int Digits = 5;          // significant digits of a short decimal
    private const int Largest = 4096;      // numerator and denominator of a fraction

    // The constants of selu (Klambauer et al. 2017).
    private static readonly double[] Known = [1.6732632423543772, 1.0507009873554805];

    /// <summary>The short number that rounds to x, or else x.</summary>
    public static double Of(float x)
    {
        if (!float.IsFinite(x) || float.IsInteger(x)) return x;
        var rounded = double.Parse(x.ToString($"G{Digits}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        if ((float)rounded == x) return rounded;
        foreach (var known in Known) if ((float)known == x) return known;
        var size = Math.Abs((double)x);
        foreach (var power in new[] { 1, 2, 4 })
            if (Fraction(Math.Pow(size, power)) is { } fraction && Candidate(Math.Pow(fraction, 1.0 / power)) is { } root) return root;
        // A root of a fraction of pi, such as sqrt(2/pi) in the approximation of gelu.
        return Fraction(size * size * Math.PI) is { } ofPi && Candidate(Math.Sqrt(ofPi / Math.PI)) is { } circular ? circular : x;

        double? Candidate(double value) => (float)value == MathF.Abs(x) ? Math.CopySign(value, x) : null;
    }

    /// <summary>The first convergent of the continued fraction of y that is as close as the rounding of float32, if its numbers
    /// are small.</summary>
    private static double? Fraction(double y)
    {
        var (p, q, lastP, lastQ, rest) = (Math.Floor(y), 1.0, 1.0, 0.0, y - Math.Floor(y));
        while (p <= Largest && q <= Largest)
        {
            if (Math.Abs((p / q) - y) <= 4e-7 * y) return p / q;
            if (rest == 0) return null;
            var inverse = 1 / rest;
            var whole = Math.Floor(inverse);
            (p, lastP) = ((whole * p) + lastP, p);
            (q, lastQ) = ((whole * q) + lastQ, q);
            rest = inverse - whole;
        }
        return null;
    }
}
