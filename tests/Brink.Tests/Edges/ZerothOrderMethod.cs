namespace Brink.Tests.Edges;

/// <summary>A zeroth-order method on the loss x.H x/2: m' = beta m + kappa ghat, x' = x - eta P^-1 m', with the two-point estimate
/// ghat = (L(x + mu u) - L(x - mu u))/(2 mu) u.</summary>
/// <param name="H">Hessian [p,p].</param>
/// <param name="P">Preconditioner [p].</param>
/// <param name="Beta">Decay of the buffer.</param>
/// <param name="Kappa">Weight of the new estimate.</param>
/// <param name="Eta">Learning rate.</param>
internal sealed record ZerothOrderMethod(Tensor H, Tensor P, double Beta, double Kappa, double Eta)
{
    private long Dimension => P.shape[0];

    /// <summary>Largest factor by which a step multiplies second moments: the spectral radius of their exact recursion.</summary>
    public double Growth()
    {
        using var scope = NewDisposeScope();
        return linalg.eigvals(Recursion()).abs().max().ToDouble();
    }

    /// <summary>The covariance of x [p,p] after some steps from one x with m = 0, by the exact recursion.</summary>
    public Tensor Covariance(Tensor x, int steps)
    {
        using var scope = NewDisposeScope();
        var (recursion, (F, _)) = (Recursion(), Parts());
        var mean = cat([x, zeros_like(x)]);
        var moments = outer(mean, mean).flatten();
        for (var step = 0; step < steps; step++) (moments, mean) = (recursion.mv(moments), F.mv(mean));
        var covariance = moments.view(2 * Dimension, 2 * Dimension) - outer(mean, mean);
        return scope.MoveToOuter(covariance.narrow(0, 0, Dimension).narrow(1, 0, Dimension).clone());
    }

    /// <summary>The same from runs of the method.</summary>
    public Tensor Simulated(Tensor x, int steps, long runs, ulong seed)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(seed, CPU);
        const double mu = 1e-2;
        var (X, M) = (x.repeat(runs, 1), zeros(runs, Dimension, dtype: ScalarType.Float64));
        for (var step = 0; step < steps; step++)
        {
            var u = randn(runs, Dimension, dtype: ScalarType.Float64, generator: generator);
            var slope = (Loss(X + (mu * u)) - Loss(X - (mu * u))) / (2 * mu);
            M = (Beta * M) + (Kappa * slope.unsqueeze(1) * u);
            X = X - (Eta * M / P);
        }
        X = X - X.mean([0]);
        return scope.MoveToOuter(X.t().mm(X) / runs);

        Tensor Loss(Tensor rows) => 0.5 * (rows.mm(H) * rows).sum(1);
    }

    /// <summary>The step of the second moments of z = (x, m) as a matrix on their entries, row by row: C' = F C F^T + K (A + (tr A)
    /// I) K^T with A = E g g^T, where z' = F z + K (u u^T - I) g.</summary>
    private Tensor Recursion()
    {
        var (I, (F, K), n) = (eye(Dimension, dtype: ScalarType.Float64), Parts(), 2 * Dimension);
        var G = cat([H, zeros_like(H)], 1);
        var noise = kron(G, G) + outer(I.flatten(), G.t().mm(G).flatten());
        var map = kron(F, F) + kron(K, K).mm(noise);
        // Second moments are symmetric.
        return (map + map.view(n * n, n, n).transpose(1, 2).reshape(n * n, n * n)) / 2;
    }

    /// <summary>F [2p,2p] and K [2p,p] of z' = F z + K (u u^T - I) g.</summary>
    private (Tensor F, Tensor K) Parts()
    {
        var I = eye(Dimension, dtype: ScalarType.Float64);
        var inverse = diag(1 / P);
        var K = cat([-Eta * Kappa * inverse, Kappa * I]);
        return (cat([cat([I, -Eta * Beta * inverse], 1), cat([zeros_like(I), Beta * I], 1)]) + cat([K.mm(H), zeros_like(K)], 1), K);
    }
}
