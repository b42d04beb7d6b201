namespace Brink.Edges;

/// <summary>Adafactor's preconditioner: the diagonal P for which its step of one parameter is -eta g / P (Shazeer and Stern 2018,
/// algorithms 4 to 6, with the roles of eta and epsilon_1 of torch.optim.Adafactor).</summary>
/// <remarks>
/// <para>The step is -alpha u / max(1, RMS(u)/d) with u = g / max(sqrt(V), epsilon_1) and alpha = max(epsilon_2, RMS(theta)) min(eta,
/// 1/sqrt(t)). Hence P = (eta/alpha) max(1, RMS(u)/d) max(sqrt(V), epsilon_1). Adafactor has no momentum: stability ends where the
/// largest eigenvalue of P^-1/2 H P^-1/2 is 2/eta.</para>
/// <para>P is taken as constant, with the lengths of theta and u: the edge is that of the present step.</para>
/// </remarks>
/// <param name="LearningRate">eta, positive.</param>
/// <param name="Step">Number t of the step, at least 1.</param>
/// <param name="Floor">epsilon_1, the least root of a second moment.</param>
/// <param name="LeastScale">epsilon_2, the least scale of a parameter.</param>
/// <param name="Threshold">d, the root mean square of u from which on the step is shortened.</param>
public sealed record AdafactorPreconditioner(
    double LearningRate, long Step, double Floor, double LeastScale = 1e-3, double Threshold = 1)
{
    /// <summary>Returns P, of the shape of the parameter.</summary>
    /// <param name="theta">The parameter.</param>
    /// <param name="gradient">Its gradient g.</param>
    /// <param name="variance">Its second moments V.</param>
    public Tensor Of(Tensor theta, Tensor gradient, Tensor variance)
    {
        using var scope = NewDisposeScope();
        var root = variance.sqrt().clamp_min(Floor);
        var shortening = Math.Max(1, RootMeanSquare(gradient / root) / Threshold);
        // eta/alpha, in which eta cancels unless 1/sqrt(t) is the smaller one.
        var scale = Math.Max(LeastScale, RootMeanSquare(theta)) * Math.Min(1, 1 / (LearningRate * Math.Sqrt(Step)));
        return scope.MoveToOuter(root * (shortening / scale));
    }

    /// <summary>Returns the second moments V = R C / mean(R) of a parameter [...,n,m], which Adafactor keeps as the means of its rows
    /// and columns.</summary>
    /// <param name="rows">R [...,n,1].</param>
    /// <param name="columns">C [...,1,m].</param>
    /// <param name="floor">epsilon_1, the least mean of R.</param>
    public static Tensor Variance(Tensor rows, Tensor columns, double floor)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(rows.matmul(columns) / rows.mean([-2], keepdim: true).clamp_min(floor));
    }

    private static double RootMeanSquare(Tensor x)
    {
        using var scope = NewDisposeScope();
        return x.norm().ToDouble() / Math.Sqrt(x.numel());
    }
}
