namespace Brink.Edges;

/// <summary>Computes the largest learning rate at which zeroth-order Adam with a constant diagonal preconditioner P is stable in
/// the mean square, for P and H that need not commute.</summary>
/// <remarks>
/// <para>The method is m' = beta m + (1 - beta) (u.g) u and theta' = theta - eta P^-1 m' with standard normal u. In y = P^1/2 x
/// its Hessian is S = P^-1/2 H P^-1/2, and its noise has the covariance P^-1 instead of I. In the eigenbasis of S, S q_i =
/// lambda_i q_i, the noise is no longer diagonal, and all second moments E y_i y_j are part of the condition:</para>
/// <para>sum_ij W_ij / ((1/lambda_i + 1/lambda_j)/eta + (beta (lambda_i/lambda_j + lambda_j/lambda_i) - 2)/(1 - beta^2)) =
/// 1, with W_ij = (q_i.P q_j) (q_i.P^-1 q_j).</para>
/// <para>The rows of W sum to 1. Where P and H commute W is I, and the condition is that of <see cref="ZerothOrderEdge.Adam"/>
/// (Song et al. 2026, arXiv 2604.14669, theorem 3, which assumes P H = H P). In general W - I is positive semidefinite (Fiedler
/// 1961), as is the matrix of the other factors, so that the eigenvalues alone give an upper bound. For H of rank one W is up to
/// (kappa + 1)^2/(4 kappa) with kappa = max P/min P (Kantorovich): the bound can be far too large. Derived here.</para>
/// <para>Eigenvalues that are not positive are left out, as in <see cref="ZerothOrderEdge"/>. The cost is that of an eigenvalue
/// decomposition of a p by p matrix.</para>
/// </remarks>
/// <param name="Beta1">Decay of the first moment, at least 0 and below 1; 0 gives RMSProp.</param>
public sealed record ZerothOrderAdamEdge(double Beta1)
{
    /// <summary>Returns the edge.</summary>
    /// <param name="hessian">H [p,p], symmetric.</param>
    /// <param name="preconditioner">Diagonal of P [p], positive.</param>
    public double LearningRate(Tensor hessian, Tensor preconditioner)
    {
        ZerothOrderEdge.ThrowUnlessMomentum(Beta1);
        using var scope = NewDisposeScope();
        var (H, P) = (hessian.to(ScalarType.Float64), preconditioner.to(ScalarType.Float64));
        var root = P.rsqrt();
        var (values, vectors) = linalg.eigh(root.unsqueeze(1) * H * root);
        var positive = (values > 0).nonzero().flatten();
        var (lambda, Q) = (values.index_select(0, positive), vectors.index_select(1, positive));
        var bound = ZerothOrderEdge.Adam(Beta1).Threshold(lambda.data<double>().ToArray()).LearningRate;
        if (!double.IsFinite(bound)) return bound;

        var W = Q.t().mm(P.unsqueeze(1) * Q) * Q.t().mm(Q / P.unsqueeze(1));
        var inverse = lambda.reciprocal();
        var sums = inverse.unsqueeze(1) + inverse;
        var ratios = lambda.unsqueeze(1) * inverse;
        var rest = ((Beta1 * (ratios + ratios.t())) - 2) / (1 - (Beta1 * Beta1));
        return ZerothOrderEdge.Root(
            eta =>
            {
                using var inner = NewDisposeScope();
                return (W / ((sums / eta) + rest)).sum().ToDouble();
            },
            0,
            bound);
    }
}
