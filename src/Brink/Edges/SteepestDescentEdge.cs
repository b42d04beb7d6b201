namespace Brink.Edges;

/// <summary>Computes the edge of stability of steepest descent in a norm, theta' = theta - eta ||g||_* d*, with d* the maximizer
/// of g.d over the unit ball, and of the same direction with a fixed step length.</summary>
/// <remarks>
/// <para>On a quadratic, let d be the direction of the generalized sharpness S = d.H d (<see cref="GeneralizedSharpness"/>). At
/// the displacement c d the gradient is c H d, its dual norm is |c| S and its maximizer sign(c) d: the step maps c to (1 - eta
/// S) c, which neither grows nor shrinks at S = 2/eta. From any point, the loss decreases if S is below 2/eta, since it changes by
/// at most -eta ||g||_*^2 (1 - eta S/2) (Islamov, Crawshaw, Cohen and Gower 2026, arXiv 2603.05002).</para>
/// <para>SignSGD and Muon without momentum take steps -gamma d* of a fixed length gamma. This is steepest descent with eta =
/// gamma/||g||_*: the edge is 2 ||g||_*/gamma, which falls with the gradient, and the loss increases where S is above it. The
/// oscillation of amplitude gamma/2 along d is at the edge for every S. Derived here. Momentum is not covered.</para>
/// </remarks>
/// <param name="Norm">The norm.</param>
public sealed record SteepestDescentEdge(INorm Norm)
{
    /// <summary>Returns the largest stable learning rate at a generalized sharpness; infinite where nothing curves
    /// upwards.</summary>
    public static double LearningRate(double sharpness) =>
        double.IsNaN(sharpness) ? double.NaN : sharpness > 0 ? 2 / sharpness : double.PositiveInfinity;

    /// <summary>Returns the largest stable generalized sharpness of steepest descent, 2/eta.</summary>
    public static double Sharpness(double learningRate)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(learningRate);
        return 2 / learningRate;
    }

    /// <summary>Returns the largest stable generalized sharpness for steps of a fixed length, 2 ||g||_*/gamma.</summary>
    /// <param name="gradient">g [p].</param>
    /// <param name="length">Length gamma of a step in the norm: the learning rate of SignSGD or Muon.</param>
    public double Sharpness(Tensor gradient, double length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        return 2 * Norm.DualNorm(gradient) / length;
    }

    /// <summary>Returns the step -eta ||g||_* d* [p] of steepest descent. The caller owns it.</summary>
    public Tensor Step(Tensor gradient, double learningRate)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(Norm.Maximizer(gradient) * (-learningRate * Norm.DualNorm(gradient)));
    }
}
