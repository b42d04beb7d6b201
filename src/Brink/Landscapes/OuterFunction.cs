using System.Runtime.InteropServices;

namespace Brink.Landscapes;

/// <summary>A loss l(q) of one number, with its first three derivatives.</summary>
public abstract record OuterFunction
{
    /// <summary>Computes l and its first three derivatives at q.</summary>
    public abstract Jet At(double q);

    /// <summary>l(q) = q.</summary>
    public sealed record Identity : OuterFunction
    {
        /// <inheritdoc/>
        public override Jet At(double q) => new(q, 1, 0, 0);
    }

    /// <summary>l(q) = (target - q)^2 / 2.</summary>
    public sealed record HalfSquare(double Target) : OuterFunction
    {
        /// <inheritdoc/>
        public override Jet At(double q) => new((Target - q) * (Target - q) / 2, q - Target, 1, 0);
    }

    /// <summary>l(q) = ln(1 + e^-q).</summary>
    public sealed record Logistic : OuterFunction
    {
        /// <inheritdoc/>
        public override Jet At(double q)
        {
            // The sigmoid of -|q|, which never overflows; l'' and |l'''| do not depend on the sign of q.
            var small = 1 / (1 + Math.Exp(Math.Abs(q)));
            var value = Math.Max(-q, 0) - double.LogP1(-small);
            var slope = q > 0 ? -small : small - 1;
            var curvature = small * (1 - small);
            return new(value, slope, curvature, -curvature * (1 + (2 * slope)));
        }
    }

    /// <summary>l(q) = ln(2 cosh(q / 2)), the mean of the logistic losses of q and -q: even, with its least value at 0.</summary>
    public sealed record SymmetricLogistic : OuterFunction
    {
        /// <inheritdoc/>
        public override Jet At(double q)
        {
            var half = Math.Tanh(q / 2) / 2;
            var curvature = 0.25 - (half * half);
            return new((Math.Abs(q) / 2) + double.LogP1(Math.Exp(-Math.Abs(q))), half, curvature, -2 * half * curvature);
        }
    }
}

/// <summary>A function of one variable and its derivatives at a point.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Jet(double Value, double First, double Second, double Third);
