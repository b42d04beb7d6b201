using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Brink.Landscapes;

/// <summary>A family of maps of the line, x' = f(x; parameter), for eight parameters at a time.</summary>
public interface IMapFamily
{
    /// <summary>Computes the next iterates f(x; parameter).</summary>
    Vector512<double> Next(Vector512<double> x, Vector512<double> parameter);

    /// <summary>df/dx.</summary>
    Vector512<double> Slope(Vector512<double> x, Vector512<double> parameter);
}

/// <summary>d' = d (1 + kappa (1 - d^2)): gradient descent on four scalars at constant c, in the limit of small
/// learning rates (docs/reference/papers.md). The parameter is kappa.</summary>
public readonly record struct CubicFamily : IMapFamily
{
    /// <inheritdoc/>
    public Vector512<double> Next(Vector512<double> x, Vector512<double> parameter) =>
        x + (parameter * x * (Vector512<double>.One - (x * x)));

    /// <inheritdoc/>
    public Vector512<double> Slope(Vector512<double> x, Vector512<double> parameter) =>
        Vector512<double>.One + (parameter * (Vector512<double>.One - (Vector512.Create(3.0) * x * x)));

    /// <summary>The cycle of two, d = ((1 + kappa -+ ((1 + kappa)^2 - 4)^(1/2)) / (2 kappa))^(1/2), for kappa above 1.</summary>
    public static (double Low, double High) TwoCycle(double kappa)
    {
        var root = Math.Sqrt(((1 + kappa) * (1 + kappa)) - 4);
        return (Math.Sqrt((1 + kappa - root) / (2 * kappa)), Math.Sqrt((1 + kappa + root) / (2 * kappa)));
    }
}

/// <summary>The exact step of d in <see cref="EvenSplit"/> at constant c. The parameter is kappa = eta S / 2 of the
/// minimum with that c, at least k eta.</summary>
/// <param name="K">Exponent k of the loss.</param>
/// <param name="LearningRate">Learning rate eta.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct FrozenFamily(int K, double LearningRate) : IMapFamily
{
    /// <inheritdoc/>
    public Vector512<double> Next(Vector512<double> x, Vector512<double> parameter)
    {
        var step = LearningRate * Force(x);
        return x + (step * SquaredNorm(x, parameter)) + (step * step * x);
    }

    /// <inheritdoc/>
    public Vector512<double> Slope(Vector512<double> x, Vector512<double> parameter)
    {
        var (force, norm) = (Force(x), SquaredNorm(x, parameter));
        // r = d^(k-1) - d^(2k-1).
        var forceSlope = ((K - 1) * Power(x, K - 2)) - (((2 * K) - 1) * Power(x, (2 * K) - 2));
        return Vector512<double>.One
            + (LearningRate * ((forceSlope * norm) + (force * 4 * x / norm)))
            + (LearningRate * LearningRate * ((2 * force * forceSlope * x) + (force * force)));
    }

    private Vector512<double> Force(Vector512<double> x)
    {
        var power = Power(x, K - 1);
        return (Vector512<double>.One - (power * x)) * power;
    }

    private Vector512<double> SquaredNorm(Vector512<double> x, Vector512<double> parameter)
    {
        var least = parameter * (2 / (K * LearningRate));
        return Vector512.Sqrt((least * least) + (Vector512.Create(4.0) * ((x * x) - Vector512<double>.One)));
    }

    private static Vector512<double> Power(Vector512<double> x, int exponent)
    {
        var power = Vector512<double>.One;
        for (var i = 0; i < exponent; i++) power *= x;
        return power;
    }
}
