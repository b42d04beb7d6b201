using System.Runtime.InteropServices;

namespace Brink.Landscapes;

/// <summary>Gradient descent on L(x, y) = (1 - x^k y^k)^2 / (2k): the loss (1 - product of 2k scalars)^2 / 2 where k of them
/// start at x and k at y, and stay equal. With k = 2 it is the minimalist example of the edge of stability; with k =
/// 1, two scalars, which do not show it.</summary>
/// <remarks>Zhu et al. 2023 (k = 2); the maps for every k are derived in docs/reference/papers.md. Steps are exactly those of descent,
/// in three coordinate systems.</remarks>
/// <param name="K">Exponent k, at least 1.</param>
/// <param name="LearningRate">Learning rate eta, above 0.</param>
public sealed record EvenSplit(int K, double LearningRate)
{
    /// <summary>True if eta is below 1/k: otherwise even the flattest minimum, x = y = 1, is unstable.</summary>
    public bool HasEdge => LearningRate > 0 && LearningRate * K < 1;

    /// <summary>Edge of stability, 2/eta.</summary>
    public double Threshold => 2 / LearningRate;

    /// <summary>c of the minimum whose sharpness is 2/eta: (4/(k eta)^2 - 4)^(1/4).</summary>
    public double EdgeC => Math.Pow((4 / (K * LearningRate * K * LearningRate)) - 4, 0.25);

    /// <summary>Sharpness of the minimum (c, 1): k (c^4 + 4)^(1/2).</summary>
    public double SharpnessAtMinimum(double c) => K * Math.Sqrt(Math.Pow(c, 4) + 4);

    /// <summary>kappa = eta S / 2 of the minimum (c, 1): descent is stable there where kappa is below 1.</summary>
    public double Kappa(double c) => SharpnessAtMinimum(c) / Threshold;

    /// <summary>The c at which kappa has the given value; NaN below k eta.</summary>
    public double CAt(double kappa)
    {
        var s = 2 * kappa / (K * LearningRate);
        return Math.Pow((s * s) - 4, 0.25);
    }

    /// <summary>x' = x + eta r y, y' = y + eta r x, with r = (1 - d^k) d^(k-1) and d = x y.</summary>
    public ScalarPair Next(ScalarPair at)
    {
        var step = LearningRate * Force(at.X * at.Y);
        return new(at.X + (step * at.Y), at.Y + (step * at.X));
    }

    /// <summary>d' = d + eta r s + eta^2 r^2 d, c' = c (1 - eta^2 r^2)^(1/2), with s = x^2 + y^2 = (c^4 + 4 d^2)^(1/2).</summary>
    /// <remarks>c does not grow while eta |r| is at most 2^(1/2): the drift to flatter minima. Beyond eta |r| = 1, |x| and
    /// |y| change their order; c is then that of the new order.</remarks>
    public DriftPair Next(DriftPair at)
    {
        var step = LearningRate * Force(at.D);
        return new(
            at.C * Math.Sqrt(Math.Abs((1 - step) * (1 + step))),
            at.D + (step * at.SquaredNorm) + (step * step * at.D));
    }

    /// <summary>The same step about the minimum at the edge, a = c - EdgeC and b = d - 1, without cancellation in these
    /// differences.</summary>
    public EdgePair Next(EdgePair at)
    {
        var (c, d) = (EdgeC + at.A, 1 + at.B);
        // 1 - d^k = -b (1 + d + ... + d^(k-1)).
        var (power, sum) = (1.0, 1.0);
        for (var i = 1; i < K; i++) sum += power *= d;
        var step = -LearningRate * at.B * sum * power;
        var squaredStep = step * step;
        return new(
            Math.Abs(step) <= 1
                ? at.A - (c * squaredStep / (1 + Math.Sqrt(1 - squaredStep)))
                : (c * Math.Sqrt(squaredStep - 1)) - EdgeC,
            at.B + (step * new DriftPair(c, d).SquaredNorm) + (squaredStep * d));
    }

    /// <summary>Returns the coordinates a = c - EdgeC and b = d - 1 about the minimum at the edge.</summary>
    public EdgePair About(DriftPair at) => new(at.C - EdgeC, at.D - 1);

    /// <summary>r = (1 - d^k) d^(k-1): minus the derivative of (1 - d^k)^2 / (2k).</summary>
    private double Force(double d)
    {
        var power = 1.0;
        for (var i = 1; i < K; i++) power *= d;
        return (1 - (power * d)) * power;
    }
}

/// <summary>The two scalars.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ScalarPair(double X, double Y)
{
    /// <summary>c = |x^2 - y^2|^(1/2), d = x y (Zhu et al. 2023 have x above y above 0).</summary>
    public DriftPair Drift => new(Math.Sqrt(Math.Abs((X - Y) * (X + Y))), X * Y);
}

/// <summary>c, which drifts down, and d, which oscillates about 1.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct DriftPair(double C, double D)
{
    /// <summary>s = x^2 + y^2 = (c^4 + 4 d^2)^(1/2).</summary>
    public double SquaredNorm => Math.Sqrt((C * C * C * C) + (4 * D * D));

    /// <summary>The scalars with x at least |y|.</summary>
    public ScalarPair Scalars
    {
        get
        {
            var x = Math.Sqrt((SquaredNorm + (C * C)) / 2);
            return new(x, x == 0 ? 0 : D / x);
        }
    }
}

/// <summary>a = c - EdgeC and b = d - 1, about the minimum whose sharpness is 2/eta.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct EdgePair(double A, double B);
