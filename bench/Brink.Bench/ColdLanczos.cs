using Brink.Algebra;
using Brink.Objectives;

namespace Brink.Bench;

/// <summary>Computes the sharpness as published edge-of-stability code does: Lanczos with a basis of 20 from a random start at
/// every step, as in ARPACK, and a new graph for each product. For comparison only.</summary>
internal static class ColdLanczos
{
    private const int Basis = 20;

    public static double Sharpness(IObjective objective, Tensor theta, Generator generator)
    {
        using var scope = NewDisposeScope();
        var p = theta.shape[0];
        var Q = zeros(Basis, p, dtype: theta.dtype);
        var T = zeros(Basis, Basis, dtype: ScalarType.Float64);
        var q = randn(p, dtype: theta.dtype, generator: generator);
        for (var j = 0; j < Basis; j++)
        {
            using var inner = NewDisposeScope();
            var known = Q.narrow(0, 0, j);
            if (j > 0) q = Orthonormal.ProjectOut(Orthonormal.ProjectOut(q, known), known);
            Q[j].copy_(q / q.norm());
            var product = Product(objective, theta, Q[j]);
            var column = Q.narrow(0, 0, j + 1).mv(product).to(ScalarType.Float64);
            T[j].narrow(0, 0, j + 1).copy_(column);
            T.narrow(0, 0, j + 1).narrow(1, j, 1).copy_(column.unsqueeze(1));
            q = product.MoveToOuterDisposeScope();
        }
        var (_, vectors) = linalg.eigh(T);
        var top = vectors.narrow(1, Basis - 1, 1).squeeze(1).to(theta.dtype);
        // One more product gives the value; code that checks convergence needs it too.
        var u = Q.t().mv(top);
        return u.dot(Product(objective, theta, u)).ToDouble();
    }

    private static Tensor Product(IObjective objective, Tensor theta, Tensor v)
    {
        using var scope = NewDisposeScope();
        using var expansion = objective.ExpandAt(theta);
        return scope.MoveToOuter(expansion.HessianTimes(v));
    }
}
