using Brink.Algebra;
using Brink.Spectra;

namespace Brink.Edges;

/// <summary>Computes a lower bound of the generalized sharpness of H in a norm, S = max d.H d over ||d|| at most 1, by
/// conditional gradients from several starts.</summary>
/// <remarks>
/// <para>S takes the place of the top eigenvalue for steepest descent in the norm (Islamov, Crawshaw, Cohen and Gower 2026, arXiv
/// 2603.05002). For the Euclidean norm it is the top eigenvalue, or 0 if that is negative. For most other norms the maximum is
/// hard: for the infinity norm it contains the maximum cut of a graph. The iteration finds stationary points, and the value is
/// the best of them: S is at least that.</para>
/// <para>A step moves from d towards the maximizer y of (H d).y over the ball. With a = H d.(y - d), which is at least 0, and b
/// = (y - d).H (y - d), d.H d is d.H d + 2 t a + t^2 b on the segment d + t (y - d). It increases up to t = 1 if b is not
/// negative, otherwise up to t = -a/b; the step takes the better end, so that values never decrease, and costs one product.
/// Without negative curvature t is always 1, which is the power iteration for the Euclidean norm. Inside the ball, d is then
/// scaled to its boundary, which multiplies a positive value by 1/||d||^2. A shift of H, the usual means against negative
/// curvature, would change the maximizer in any norm other than the Euclidean one.</para>
/// <para>a = 0 is the condition for a stationary point. A start has converged if a is at most Tolerance times the largest
/// ||H d||_* of its steps.</para>
/// </remarks>
/// <param name="Norm">The norm.</param>
/// <param name="Starts">Number of random starts: maximizers of a normal vector.</param>
/// <param name="Tolerance">Relative tolerance for the stationarity of a start.</param>
/// <param name="MaxProducts">Largest number of products for each start, at least 1.</param>
/// <param name="Seed">Seed of the random starts.</param>
public sealed record GeneralizedSharpness(INorm Norm, int Starts, double Tolerance, int MaxProducts, long Seed = 0)
{
    /// <summary>Computes the bound for H. A non-finite product makes it NaN.</summary>
    /// <param name="H">The Hessian.</param>
    /// <param name="directions">Rows [k,p] of additional starts, such as the top eigenvector, scaled to the boundary of the ball;
    /// the value is at least theirs.</param>
    public SharpestDirection Of(SymmetricOperator H, Tensor? directions = null)
    {
        var given = directions?.shape[0] ?? 0;
        if (Starts < 0 || Starts + given < 1 || MaxProducts < 1)
            throw new InvalidOperationException(
                $"Starts is {Starts}, with {given} directions, and MaxProducts is {MaxProducts}; "
                    + "at least one start and one product are needed");
        using var scope = NewDisposeScope();
        var reached = new List<SharpnessStart>();
        var best = empty(H.Dimension, dtype: H.Precision);
        var value = double.NegativeInfinity;
        for (var start = 0L; start < given + Starts; start++)
        {
            using var inner = NewDisposeScope();
            var d = start < given ? Scaled(directions![start].to(H.Precision)) : Drawn(H, start - given);
            var end = Climb(H, d);
            reached.Add(end);
            // A value that is not a number is kept, because it invalidates all others.
            if (double.IsNaN(value) || end.Value <= value) continue;
            value = end.Value;
            best.copy_(d);
        }
        return new(value, best.DetachFromDisposeScope(), reached.Sum(start => start.Products), reached);
    }

    /// <summary>Moves d [p], in place, to a stationary point.</summary>
    private SharpnessStart Climb(SymmetricOperator H, Tensor d)
    {
        using var scope = NewDisposeScope();
        var Hd = H.Times(d.unsqueeze(0))[0].clone();
        var (value, products, largest) = (Inner(d, Hd), 1, 0.0);
        while (double.IsFinite(value))
        {
            using var inner = NewDisposeScope();
            var y = Norm.Maximizer(Hd);
            var dual = Inner(y, Hd);
            var a = dual - value;
            largest = Math.Max(largest, dual);
            if (a <= Tolerance * largest) return new(value, true, products);
            if (products == MaxProducts) return new(value, false, products);
            var Hy = H.Times(y.unsqueeze(0))[0];
            products++;
            var b = Inner(y, Hy) - (2 * dual) + value;
            if (b < 0 && -a / b < 1)
            {
                d.add_((y - d) * (-a / b));
                Hd.add_((Hy - Hd) * (-a / b));
                if (Inner(d, Hd) > 0)
                {
                    var length = Norm.Norm(d);
                    d.div_(length);
                    Hd.div_(length);
                }
            }
            else
            {
                d.copy_(y);
                Hd.copy_(Hy);
            }
            value = Inner(d, Hd);
        }
        return new(double.NaN, false, products);
    }

    private Tensor Drawn(SymmetricOperator H, long draw)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(Norm.Maximizer(RandomRows.Draw(H, 1, Seed, draw, ProbeDistribution.Gaussian)[0]));
    }

    private Tensor Scaled(Tensor direction)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(direction / Norm.Norm(direction));
    }

    private static double Inner(Tensor x, Tensor y)
    {
        using var scope = NewDisposeScope();
        return (x.to(ScalarType.Float64) * y.to(ScalarType.Float64)).sum().ToDouble();
    }
}

/// <summary>A lower bound of the generalized sharpness, with the direction that attains it.</summary>
/// <param name="Value">d.H d: the largest value of all starts, and a lower bound of S.</param>
/// <param name="Direction">d [p], in the unit ball.</param>
/// <param name="Products">Number of products for all starts.</param>
/// <param name="Starts">Result of each start, the given directions first.</param>
public sealed record SharpestDirection(double Value, Tensor Direction, int Products, IReadOnlyList<SharpnessStart> Starts) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Direction.Dispose();
}

/// <summary>The end of the iteration from one start.</summary>
/// <param name="Value">d.H d at the end.</param>
/// <param name="Converged">True if d is stationary to the tolerance.</param>
/// <param name="Products">Number of products.</param>
public sealed record SharpnessStart(double Value, bool Converged, int Products);
