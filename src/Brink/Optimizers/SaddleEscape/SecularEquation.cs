namespace Brink.Optimizers.SaddleEscape;

/// <summary>Computes the global minimizer h of g.h + (1/2) h.Lambda h + (M/6) ||h||^3 for a diagonal Lambda.</summary>
/// <remarks>
/// <para>h is a global minimizer exactly where (Lambda + lambda I) h = -g with lambda = (M/2) ||h|| and Lambda + lambda I is
/// positive semidefinite (Nesterov and Polyak 2006, section 5). Hence one equation for one number, ||(Lambda + lambda I)^-1 g||
/// = 2 lambda/M, right of b = max(0, -min Lambda).</para>
/// <para>The unknown is t = lambda - b, so that the differences lambda_i + b, of which some are exactly zero, suffer no
/// cancellation where g is almost orthogonal to the lowest eigenvectors. 1/||s(t)|| - M/(2 lambda) is concave and increasing,
/// so Newton's steps from the left of the root stay there and converge; a step out of the bracket is replaced by
/// bisection.</para>
/// <para>The hard case: where g has no component along the lowest eigenvectors, and the other components of h at t = 0 are too
/// short, h is lengthened along the first of the lowest. Its sign is free; here it is positive.</para>
/// </remarks>
internal static class SecularEquation
{
    private const int MaxIterations = 200;

    /// <param name="values">Diagonal of Lambda [m], in any order.</param>
    /// <param name="g">Linear term g [m].</param>
    /// <param name="M">Weight of the cubic term, above 0.</param>
    public static (double[] H, double Lambda) Minimizer(double[] values, double[] g, double M)
    {
        var lowest = Array.IndexOf(values, values.Min());
        var b = Math.Max(0, -values[lowest]);
        var gaps = Array.ConvertAll(values, value => value + b);
        var norm = Norm(g);
        var flat = Norm([.. g.Where((_, i) => gaps[i] == 0)]);
        // ||s(t)|| is between flat/t and ||g||/t: so does 2 (b + t)/M at the root.
        var (low, high) = (Root(flat), Root(norm));
        if (flat == 0)
        {
            var h = Shifted(0);
            var (length, wanted) = (Norm(h), 2 * b / M);
            if (length <= wanted)
            {
                h[lowest] = Math.Sqrt((wanted - length) * (wanted + length));
                return (h, b);
            }
        }
        var t = low > 0 ? low : high / 2;
        for (var i = 0; i < MaxIterations && low < high; i++)
        {
            var s = Shifted(t);
            var (length, lambda) = (Norm(s), b + t);
            var value = (1 / length) - (M / (2 * lambda));
            if (value == 0) break;
            (low, high) = value < 0 ? (t, high) : (low, t);
            // d/dt ||s|| = -sum s_i^2/(gap_i + t) / ||s||
            var slope = s.Select((x, j) => x == 0 ? 0 : x * x / (gaps[j] + t)).Sum() / (length * length * length);
            var next = t - (value / (slope + (M / (2 * lambda * lambda))));
            if (!(next > low && next < high))
            {
                if (Math.Abs(next - t) <= Math.ScaleB(t, -52)) break;
                next = low + ((high - low) / 2);
                if (next <= low || next >= high) break;
            }
            t = next;
        }
        return (Shifted(t), b + t);

        // t (b + t) = M g/2, without cancellation.
        double Root(double g) => M * g == 0 ? 0 : M * g / (b + Math.Sqrt((b * b) + (2 * M * g)));

        double[] Shifted(double t) => [.. g.Select((x, i) => x == 0 ? 0 : -x / (gaps[i] + t))];
    }

    private static double Norm(double[] v)
    {
        var largest = v.Length == 0 ? 0 : v.Max(Math.Abs);
        return largest == 0 ? 0 : largest * Math.Sqrt(v.Sum(x => x / largest * (x / largest)));
    }
}
