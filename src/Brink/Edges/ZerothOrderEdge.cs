using Brink.Algebra;
using Brink.Spectra;

namespace Brink.Edges;

/// <summary>Computes the largest learning rate at which a zeroth-order method is stable in the mean square, from the spectrum of
/// the Hessian H.</summary>
/// <remarks>
/// <para>The methods replace the gradient g by (u.g) u with standard normal u. This is the two-point estimate (L(theta + mu u) -
/// L(theta - mu u))/(2 mu) u, which on a quadratic is the same for every mu. Since E u u^T A u u^T = 2 A + (tr A) I, the second
/// moments C = E x x^T under gradient descent follow C' = C - eta (H C + C H) + eta^2 (2 H C H + tr(H C H) I). In the
/// eigenbasis of H, the diagonal of C is stationary if and only if</para>
/// <para>sum_i c eta lambda_i / (2 (1 - d eta lambda_i)) = 1 with d eta lambda_1 below 1,</para>
/// <para>where c = d = 1. Smaller eta contract. The same calculation for E x x^T, E x m^T and E m m^T gives c = 1/(1 - beta), d
/// = 1/(1 - beta^2) for momentum, and c = 1, d = 1/(1 + beta1) for Adam. C stays positive semidefinite, so that its largest
/// growth factor is real and reaches 1 there first (Song et al. 2026, arXiv 2604.14669, theorems 1 to 3).</para>
/// <para>Negative eigenvalues: along them x grows at every learning rate, as under gradient descent and gradient flow; that is
/// not what the edge describes. They are left out, so that the result is the edge of the positive part of H: while x is bounded
/// along negative curvature, its noise is a bounded addition to the second moments of the other directions, and the result
/// still decides whether those grow. Without a positive eigenvalue the edge is infinite.</para>
/// </remarks>
public sealed record ZerothOrderEdge
{
    private readonly double _gain;   // c
    private readonly double _pole;   // d

    private ZerothOrderEdge(double gain, double pole) => (_gain, _pole) = (gain, pole);

    /// <summary>The edge of gradient descent, theta' = theta - eta (u.g) u.</summary>
    public static ZerothOrderEdge GradientDescent { get; } = new(1, 1);

    /// <summary>The edge of heavy ball, m' = beta m + (u.g) u and theta' = theta - eta m'.</summary>
    public static ZerothOrderEdge Momentum(double beta)
    {
        ThrowUnlessMomentum(beta);
        return new(1 / (1 - beta), 1 / (1 - (beta * beta)));
    }

    /// <summary>The edge of Adam with a constant preconditioner P, m' = beta1 m + (1 - beta1) (u.g) u and theta' = theta - eta
    /// P^-1 m', from the eigenvalues of P^-1 H. It is exact where P and H commute. Otherwise it is an upper bound of the edge,
    /// which <see cref="ZerothOrderAdamEdge"/> computes.</summary>
    public static ZerothOrderEdge Adam(double beta1)
    {
        ThrowUnlessMomentum(beta1);
        return new(1, 1 / (1 + beta1));
    }

    /// <summary>Returns the edge from all eigenvalues, in any order.</summary>
    public ZerothOrderThreshold Threshold(IReadOnlyList<double> eigenvalues) =>
        Solved(f => new(eigenvalues.Sum(f), 0, 0), eigenvalues);

    /// <summary>Returns the edge from a quadrature of the spectrum, whose errors over the probes give the standard error of the
    /// edge, and from eigenvalues that are known and missing in the quadrature.</summary>
    /// <param name="rest">Quadrature of H, or of H with the directions of <paramref name="top"/> projected out: these count as
    /// eigenvalues 0, which contribute nothing.</param>
    /// <param name="top">Eigenvalues of the directions that were projected out.</param>
    public ZerothOrderThreshold Threshold(SpectralQuadrature rest, params IReadOnlyList<double> top) => Solved(
        f =>
        {
            var estimate = rest.TraceOf(f);
            return estimate with { Value = top.Sum(f) + estimate.Value };
        },
        [.. top, .. rest.Rules.SelectMany(rule => rule.Nodes)]);

    /// <summary>Returns the edge from the top eigenpairs of H and a quadrature of the rest. An eigenvalue far above the others
    /// is found by every probe, but with a random weight of mean 1/p whose relative standard deviation is about sqrt 2: it
    /// dominates the error unless it is projected out.</summary>
    /// <param name="H">The Hessian, or P^-1/2 H P^-1/2 for Adam.</param>
    /// <param name="top">Its top eigenpairs.</param>
    /// <param name="density">Probes and steps of the quadrature of the rest.</param>
    public ZerothOrderThreshold Threshold(SymmetricOperator H, Eigenpairs top, SpectralDensity density)
    {
        var rest = H with
        {
            Times = rows =>
            {
                using var scope = NewDisposeScope();
                var outside = Orthonormal.ProjectOut(rows, top.Vectors);
                return scope.MoveToOuter(Orthonormal.ProjectOut(H.Times(outside), top.Vectors));
            },
        };
        return Threshold(density.Quadrature(rest), [.. top.Values.Take((int)top.Vectors.shape[0])]);
    }

    internal static void ThrowUnlessMomentum(double beta)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(beta);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(beta, 1);
    }

    /// <summary>Returns the point in an interval where an increasing function reaches 1, to the last bit.</summary>
    internal static double Root(Func<double, double> increasing, double low, double high)
    {
        while (true)
        {
            var middle = low + ((high - low) / 2);
            if (middle <= low || middle >= high) return low;
            if (increasing(middle) < 1) low = middle;
            else high = middle;
        }
    }

    private ZerothOrderThreshold Solved(Func<Func<double, double>, TraceEstimate> traceOf, IReadOnlyList<double> values)
    {
        if (!values.All(double.IsFinite)) return new(double.NaN, double.NaN, double.NaN, double.NaN);
        var largest = values.Max();
        if (largest <= 0) return new(double.PositiveInfinity, 0, double.PositiveInfinity, double.PositiveInfinity);
        var trace = Positive(value => value).Value;
        var (lower, upper) = (2 / ((_gain * trace) + (2 * _pole * largest)), 2 / (_gain * trace));
        var eta = Root(rate => Positive(value => Term(rate, value)).Value, lower, upper);
        var slope = Positive(value => _gain * value / (2 * Math.Pow(1 - (_pole * eta * value), 2))).Value;
        return new(eta, Positive(value => Term(eta, value)).StandardError / slope, lower, upper);

        TraceEstimate Positive(Func<double, double> f) => traceOf(value => value > 0 ? f(value) : 0);
    }

    private double Term(double eta, double value)
    {
        var distance = 1 - (_pole * eta * value);
        return distance > 0 ? _gain * eta * value / (2 * distance) : double.PositiveInfinity;
    }
}

/// <summary>The largest stable learning rate of a zeroth-order method.</summary>
/// <param name="LearningRate">Learning rate eta* at which the second moments neither grow nor shrink; infinite without positive
/// curvature, NaN where the spectrum is not finite.</param>
/// <param name="StandardError">Standard error of eta* over the probes of a quadrature, to first order; 0 from eigenvalues, NaN
/// for a single probe. The bias of rules with few steps is not part of it.</param>
/// <param name="Lower">Lower bound 2/(c tr H + 2 d lambda_1), with H without its negative part; for gradient descent 2/(tr H + 2
/// lambda_1). From a quadrature it is an estimate.</param>
/// <param name="Upper">Upper bound 2/(c tr H); for gradient descent 2/tr H. From a quadrature it is an estimate.</param>
public sealed record ZerothOrderThreshold(double LearningRate, double StandardError, double Lower, double Upper);
