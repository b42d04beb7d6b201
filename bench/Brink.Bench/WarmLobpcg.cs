using Brink.Algebra;
using Brink.Objectives;

namespace Brink.Bench;

/// <summary>Computes the top eigenpair by LOBPCG (Knyazev 2001) for one vector, with a warm start: Rayleigh-Ritz on the vector,
/// its residual and the last move; one product an iteration. For comparison only.</summary>
/// <param name="Tolerance">Residual tolerance, relative to the eigenvalue.</param>
internal sealed record WarmLobpcg(double Tolerance)
{
    private const int MaxIterations = 200;

    /// <param name="expansion">Expansion with the Hessian.</param>
    /// <param name="start">Initial vector [p], not zero.</param>
    public (double Value, Tensor Vector) Solve(IExpansion expansion, Tensor start)
    {
        using var scope = NewDisposeScope();
        var x = start / start.norm();
        var Hx = expansion.HessianTimes(x);
        Tensor? moved = null, Hmoved = null;
        var value = x.dot(Hx).ToDouble();
        for (var iteration = 0; iteration < MaxIterations; iteration++)
        {
            var residual = Hx - (value * x);
            if (residual.norm().ToDouble() <= Tolerance * Math.Abs(value)) break;
            var direction = Orthonormal.Complement(residual.unsqueeze(0), x.unsqueeze(0));
            var (rows, products) = (new List<Tensor> { x, direction[0] }, new List<Tensor> { Hx, expansion.HessianTimes(direction[0]) });
            if (moved is not null)
            {
                // Kept orthonormal: near convergence the move becomes nearly dependent on the other vectors.
                var basis = stack(rows);
                var rest = Orthonormal.Complement(moved.unsqueeze(0), basis);
                if (rest.shape[0] > 0)
                {
                    var along = basis.mv(moved);
                    var length = rest[0].dot(moved);
                    rows.Add(rest[0]);
                    products.Add((Hmoved! - stack(products).t().mv(along)) / length);
                }
            }
            var (V, HV) = (stack(rows), stack(products));
            var T = V.mm(HV.t()).to(ScalarType.Float64);
            var (values, vectors) = linalg.eigh((T + T.t()) / 2);
            var top = vectors.narrow(1, rows.Count - 1, 1).squeeze(1).to(x.dtype);
            value = values[-1].ToDouble();
            var coordinates = top.clone();
            coordinates[0].zero_();
            (moved, Hmoved) = (V.t().mv(coordinates), HV.t().mv(coordinates));
            (x, Hx) = (V.t().mv(top), HV.t().mv(top));
        }
        if (x.dot(start).ToDouble() < 0) x = -x;
        return (value, scope.MoveToOuter(x));
    }
}
