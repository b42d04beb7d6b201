namespace Brink.Edges;

/// <summary>Computes the edge of stability of sharpness-aware minimization, theta' = theta - eta grad L(theta + rho
/// g/||g||).</summary>
/// <remarks>On a quadratic the gradient at the ascended point is (I + (rho/||g||) H) g. Along an eigenvector of curvature lambda a
/// step turns x into (1 - eta lambda (1 + rho lambda/||g||)) x, which is -x where eta lambda (1 + rho lambda/||g||) = 2. The
/// positive solution is lambda = (||g||/(2 rho)) (sqrt(1 + 8 rho/(eta ||g||)) - 1), below 2/eta, and 2/eta in the limit of small
/// rho (Long and Bartlett 2023, arXiv 2309.12488). It is computed as (4/eta)/(1 + sqrt(...)), which does not cancel. The norm
/// ||g|| is taken as constant: the edge falls as the gradient shrinks.</remarks>
/// <param name="Rho">Length rho of the ascent, not negative; 0 gives gradient descent.</param>
/// <param name="GradientNorm">||g||, positive.</param>
public sealed record SamEdge(double Rho, double GradientNorm)
{
    /// <summary>Returns the largest stable curvature at a learning rate.</summary>
    public double Curvature(double learningRate)
    {
        Check();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(learningRate);
        return 4 / (learningRate * (1 + Math.Sqrt(1 + (8 * Rho / (learningRate * GradientNorm)))));
    }

    /// <summary>Returns the largest stable learning rate at a curvature: infinite where a step does not change the sign of x at
    /// any learning rate. This is the case for lambda from -||g||/rho to 0; below, the ascent reverses the sign of the gradient,
    /// and the method is stable along negative curvature up to the rate that is returned.</summary>
    public double LearningRate(double curvature)
    {
        Check();
        var effective = curvature * (1 + (Rho * curvature / GradientNorm));
        return double.IsNaN(effective) ? double.NaN : effective > 0 ? 2 / effective : double.PositiveInfinity;
    }

    private void Check()
    {
        if (!(Rho >= 0) || !(GradientNorm > 0))
            throw new InvalidOperationException(
                $"Rho is {Rho} and GradientNorm is {GradientNorm}; Rho must not be negative and GradientNorm must be positive");
    }
}
