using System.Numerics;

namespace Brink.Zoo.Games;

/// <summary>Distance of samples from a mixture: the squared maximum mean discrepancy, summed over kernels
/// exp(-|x - y|^2 / 2 h^2) of the widths h = 0.1, 0.2, 0.4 and 0.8 (Gretton et al., JMLR 2012).</summary>
/// <remarks>The mixture is known, so only the generated samples are drawn: for y normal with mean m and variance s^2, E exp(-(x -
/// y)^2/2h^2) = h/g exp(-(x - m)^2/2g^2) in each coordinate, where g^2 = h^2 + s^2. The mean over pairs of samples is
/// without the diagonal: the estimate is unbiased, and a small distance can come out negative.</remarks>
/// <param name="data">The mixture.</param>
public sealed class MixtureDistance(Mixture data)
{
    // Each width is half of the one before, so that its kernel is the fourth power of the former one.
    private const double Widest = 0.8;
    private const int Widths = 4;

    private static readonly float[] Coefficients =
        [1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f];

    private readonly double _own = Own(data);

    /// <summary>Computes the distance of samples, as pairs of coordinates.</summary>
    public double Of(ReadOnlySpan<float> samples)
    {
        var count = samples.Length / 2;
        var (x, y) = (new float[count], new float[count]);
        for (var i = 0; i < count; i++) (x[i], y[i]) = (samples[2 * i], samples[(2 * i) + 1]);
        return (2 * Pairs(x, y) / ((double)count * (count - 1))) - (2 * Cross(x, y) / count) + _own;
    }

    // Sum over the pairs i < j of k(x_i, x_j), summed over the widths.
    private static double Pairs(float[] x, float[] y)
    {
        var sum = 0.0;
        var factor = new Vector<float>((float)(-1 / (2 * Widest * Widest)));
        for (var i = 0; i < x.Length; i++)
        {
            var (xi, yi) = (new Vector<float>(x[i]), new Vector<float>(y[i]));
            var (row, j) = (Vector<float>.Zero, i + 1);
            for (; j + Vector<float>.Count <= x.Length; j += Vector<float>.Count)
            {
                var (dx, dy) = (new Vector<float>(x, j) - xi, new Vector<float>(y, j) - yi);
                row += Summed(Exp(factor * ((dx * dx) + (dy * dy))));
            }
            sum += Total(row);
            for (; j < x.Length; j++)
            {
                var (dx, dy) = (x[j] - x[i], y[j] - y[i]);
                sum += Summed(Exp(factor * new Vector<float>((dx * dx) + (dy * dy))))[0];
            }
        }
        return sum;

        static Vector<float> Summed(Vector<float> kernel)
        {
            var total = kernel;
            for (var i = 1; i < Widths; i++)
            {
                kernel *= kernel;
                kernel *= kernel;
                total += kernel;
            }
            return total;
        }
    }

    // Sum over the samples of E k(x, y) for y of the mixture.
    private double Cross(float[] x, float[] y)
    {
        var sum = 0.0;
        foreach (var h in Range())
        {
            foreach (var mode in data.Modes)
            {
                var (gx, gy) = ((h * h) + (mode.SpreadX * mode.SpreadX), (h * h) + (mode.SpreadY * mode.SpreadY));
                var (ax, ay) = (new Vector<float>((float)(-0.5 / gx)), new Vector<float>((float)(-0.5 / gy)));
                var (mx, my) = (new Vector<float>((float)mode.X), new Vector<float>((float)mode.Y));
                var (total, i) = (Vector<float>.Zero, 0);
                for (; i + Vector<float>.Count <= x.Length; i += Vector<float>.Count)
                    total += At(new(x, i), new(y, i));
                var rest = Total(total);
                for (; i < x.Length; i++) rest += At(new(x[i]), new(y[i]))[0];
                sum += rest * h * h / Math.Sqrt(gx * gy) / data.Modes.Count;

                Vector<float> At(Vector<float> px, Vector<float> py) =>
                    Exp((ax * (px - mx) * (px - mx)) + (ay * (py - my) * (py - my)));
            }
        }
        return sum;
    }

    // E k(y, y') for two independent samples of the mixture.
    private static double Own(Mixture data)
    {
        var sum = 0.0;
        foreach (var h in Range())
            foreach (var a in data.Modes)
                foreach (var b in data.Modes)
                    sum += Along(h, a.X - b.X, a.SpreadX, b.SpreadX) * Along(h, a.Y - b.Y, a.SpreadY, b.SpreadY);
        return sum / data.Modes.Count / data.Modes.Count;

        static double Along(double h, double between, double s, double t)
        {
            var g = (h * h) + (s * s) + (t * t);
            return h / Math.Sqrt(g) * Math.Exp(-between * between / (2 * g));
        }
    }

    // The order of the sum in Vector.Sum may change when it is recompiled, as the rounding of Vector.Exp: a training has to resume to the
    // same bits.
    private static double Total(Vector<float> lanes)
    {
        var sum = 0.0;
        for (var i = 0; i < Vector<float>.Count; i++) sum += lanes[i];
        return sum;
    }

    // exp(x) for x <= 0 to the accuracy of float32 (Cephes, expf): exp(x) = 2^n exp(r), |r| <= log(2)/2.
    private static Vector<float> Exp(Vector<float> x)
    {
        x = Vector.Max(x, new Vector<float>(-87));
        var n = Vector.Floor((x * 1.44269504f) + new Vector<float>(0.5f));
        var r = x - (n * 0.693359375f) + (n * 2.12194440e-4f);
        var y = new Vector<float>(1.9875691500e-4f);
        foreach (var coefficient in Coefficients) y = (y * r) + new Vector<float>(coefficient);
        y = (y * r * r) + r + Vector<float>.One;
        return y * Vector.AsVectorSingle(Vector.ShiftLeft(Vector.ConvertToInt32(n) + new Vector<int>(127), 23));
    }

    private static IEnumerable<double> Range() => Enumerable.Range(0, Widths).Select(i => Math.ScaleB(Widest, -i));
}
