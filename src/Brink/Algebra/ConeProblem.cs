using System.Runtime.InteropServices;

namespace Brink.Algebra;

/// <summary>The semidefinite complementarity problem: find a symmetric X [k,k] such that X and A + B[X] are positive
/// semidefinite and &lt;X, A + B[X]&gt; = 0.</summary>
/// <remarks>
/// <para>The solution gives the multipliers of the nearest point d under a linearised spectral bound: min ||d||^2 / 2 subject
/// to Lambda + [G_ij . d] at most c I has d = -sum_ij X_ij G_ij with A = c I - Lambda and B[X]_ij = sum_kl (G_ij . G_kl) X_kl.
/// For k = 1 the solution is X = max(0, -A / B).</para>
/// <para>Method: a primal-dual interior point method along the direction of Nesterov and Todd (Todd, Toh and Tutuncu 1998)
/// always converges, but slows down where rounding spoils the scaling. Newton's method on the natural map X - (X - A - B[X])_+
/// (Sun and Sun 2002) then converges fast, and leaves the multipliers of inactive directions exactly 0.</para>
/// </remarks>
/// <param name="A">Symmetric [k,k], float64.</param>
/// <param name="B">[m,m], positive semidefinite, on <see cref="SymmetricVector"/>s.</param>
public sealed record ConeProblem(Tensor A, Tensor B)
{
    private const double Tolerance = 1e-12, AcceptedResidual = 1e-5;
    private const int MaxIterations = 40, MaxNewton = 12;

    /// <summary>Largest share of the distance to the boundary of the cone that a step may take.</summary>
    private const double Inside = 0.98;

    /// <summary>Solves the problem. X is 0 if A is positive semidefinite, infinite if A is not and B has no positive eigenvalue, and NaN
    /// if A or B is not finite.</summary>
    public ConeSolution Solve()
    {
        using var scope = NewDisposeScope();
        var k = A.shape[0];
        if (!double.IsFinite(A.norm().ToDouble() + B.norm().ToDouble()))
            return new(scope.MoveToOuter(full_like(A, double.NaN)), double.NaN, 0);
        var (scaleA, scaleB) = (A.norm().ToDouble(), linalg.eigvalsh(B).max().ToDouble());
        if (linalg.eigvalsh(A).min().ToDouble() >= 0) return new(scope.MoveToOuter(zeros_like(A)), 0, 0);
        // B has no positive eigenvalue and cannot lower the excess: there is no solution, and X is infinite.
        if (scaleB <= 0) return new(scope.MoveToOuter(full_like(A, double.PositiveInfinity)), double.PositiveInfinity, 0);
        if (k == 1) return new(scope.MoveToOuter(-A / B), 0, 0);

        var unit = new ConeProblem(A / scaleA, B / scaleB);
        var (X, iterations) = unit.Interior();
        X = unit.Refined(X);
        return new(scope.MoveToOuter(X * (scaleA / scaleB)), unit.Residual(X), iterations);
    }

    /// <summary>A + B[X].</summary>
    private Tensor Slack(Tensor X) => A + SymmetricVector.Times(B, X);

    /// <summary>||X - (X - slack)_+||: exactly 0 at a solution, elsewhere of the order of the distance to one. (The inner
    /// product of X and slack alone is of the order of that distance squared.)</summary>
    private double Residual(Tensor X)
    {
        using var scope = NewDisposeScope();
        var other = X - Slack(X);
        return IsFinite(other) ? (X - Positive(other)).norm().ToDouble() : double.PositiveInfinity;
    }

    private (Tensor X, int Iterations) Interior()
    {
        using var scope = NewDisposeScope();
        var k = A.shape[0];
        var Q = SymmetricVector.Basis((int)k);
        var (X, S) = (eye(k, dtype: ScalarType.Float64), eye(k, dtype: ScalarType.Float64));
        for (var iteration = 0; ; iteration++)
        {
            using var inner = NewDisposeScope();
            var mu = (X * S).sum().ToDouble() / k;
            var residual = Residual(X);
            if (iteration == MaxIterations || residual <= AcceptedResidual || mu <= Tolerance || !double.IsFinite(residual))
                return (scope.MoveToOuter(X), iteration);
            var infeasible = Slack(X) - S;
            var (L, inverseL) = Factor(X);
            var (R, inverseR) = Factor(S);
            // W^-1 = P P^T, the scaling under which X and S are equal.
            var (U, d, _) = linalg.svd(R.t().mm(L), fullMatrices: false);
            var P = R.mm(U) / d.sqrt();
            var scaling = P.mm(P.t());
            var system = Q.mm(kron(scaling, scaling)).mm(Q.t()) + B;
            var inverseX = inverseL.t().mm(inverseL);

            // If there is no solution, X and the condition number diverge: the last X is returned, and its residual shows how
            // wrong it is.
            var (dX, dS) = Direction(0);
            if (!IsFinite(dX) || !IsFinite(dS)) return (scope.MoveToOuter(X), iteration);
            var (stepX, stepS) = (Length(dX, inverseL, 1), Length(dS, inverseR, 1));
            var reached = ((X + (stepX * dX)) * (S + (stepS * dS))).sum().ToDouble() / k;
            (dX, dS) = Direction(Math.Pow(Math.Clamp(reached / mu, 1e-3, 1), 3) * mu);
            if (!IsFinite(dX) || !IsFinite(dS)) return (scope.MoveToOuter(X), iteration);
            (stepX, stepS) = (Length(dX, inverseL, Inside), Length(dS, inverseR, Inside));
            X = (X + (stepX * dX)).MoveToOuterDisposeScope();
            S = (S + (stepS * dS)).MoveToOuterDisposeScope();

            (Tensor X, Tensor S) Direction(double target)
            {
                var right = (target * inverseX) - S - infeasible;
                var x = SymmetricVector.Matrix(Solved(SymmetricVector.Of(right)));
                return (x, SymmetricVector.Times(B, x) + infeasible);
            }

            // libtorch throws if the system has become singular.
            Tensor Solved(Tensor right)
            {
                try
                {
                    return linalg.solve(system, right);
                }
                catch (ExternalException)
                {
                    return full_like(right, double.NaN);
                }
            }
        }
    }

    /// <summary>Improves X by Newton's method from a point near the solution, as long as the residual falls.</summary>
    private Tensor Refined(Tensor X)
    {
        using var scope = NewDisposeScope();
        var one = eye(B.shape[0], dtype: ScalarType.Float64);
        var Q = SymmetricVector.Basis((int)A.shape[0]);
        var residual = Residual(X);
        for (var step = 0; step < MaxNewton && residual > 0 && double.IsFinite(residual); step++)
        {
            var (z, vectors) = linalg.eigh(X - Slack(X));
            // In the eigenbasis the derivative of the positive part multiplies each entry by a factor.
            var (row, column) = (z.unsqueeze(1), z.unsqueeze(0));
            var difference = row.abs() + column.abs();
            var share = where(difference > 0, (row.clamp_min(0) + column.clamp_min(0)) / difference, zeros_like(difference));
            var turn = Q.mm(kron(vectors, vectors)).mm(Q.t());
            var derivative = (turn * Q.square().mv(share.flatten())).mm(turn.t());
            var natural = SymmetricVector.Of(X - Positive(X - Slack(X)));
            // If X is not unique the system is singular, and the smallest change is taken.
            var change = linalg.lstsq(one - derivative.mm(one - B), -natural.unsqueeze(1)).Solution.squeeze(1);
            if (!IsFinite(change)) break;
            var next = Positive(X + SymmetricVector.Matrix(change));
            next = Positive(next - Slack(next));
            var reached = Residual(next);
            if (!(reached < residual)) break;
            (X, residual) = (next, reached);
        }
        return scope.MoveToOuter(X.alias());
    }

    /// <summary>The step along a direction that stays inside the cone, at most 1.</summary>
    private static double Length(Tensor direction, Tensor inverseFactor, double share)
    {
        var relative = inverseFactor.mm(direction).mm(inverseFactor.t());
        if (!IsFinite(relative)) return 0;
        var least = linalg.eigvalsh(relative).min().ToDouble();
        return least >= -share ? 1 : -share / least;
    }

    /// <summary>A factor F with F F^T = M, and its inverse.</summary>
    private static (Tensor Factor, Tensor Inverse) Factor(Tensor M)
    {
        var (values, vectors) = linalg.eigh((M + M.t()) / 2);
        var roots = values.clamp_min(double.Epsilon).sqrt();
        return (vectors * roots, vectors.t() / roots.unsqueeze(1));
    }

    // The eigensolver throws on values that are not finite.
    private static bool IsFinite(Tensor tensor) => tensor.isfinite().all().ToBoolean();

    /// <summary>The nearest positive semidefinite matrix.</summary>
    internal static Tensor Positive(Tensor M)
    {
        using var scope = NewDisposeScope();
        var (values, vectors) = linalg.eigh((M + M.t()) / 2);
        return scope.MoveToOuter((vectors * values.clamp_min(0)).mm(vectors.t()));
    }
}

/// <param name="X">Multipliers [k,k]; the caller owns them. Infinite if nothing can meet the bound.</param>
/// <param name="Residual">||X - (X - A - B[X])_+|| in the units where ||A|| and ||B|| are 1.</param>
/// <param name="Iterations">Iterations of the interior-point method; 0 where the solution is in closed form.</param>
public sealed record ConeSolution(Tensor X, double Residual, int Iterations);
