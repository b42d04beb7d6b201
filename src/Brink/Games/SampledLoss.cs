using Brink.Objectives;

namespace Brink.Games;

/// <summary>How well the players of sampled games do, to be descended by whoever trains a learned optimizer.</summary>
public enum SampledLossKind
{
    /// <summary>1/2 mean over games of sign(xi . S xi) |xi|^2, the sign not differentiated, without games at or below
    /// -100 (Chen et al. 2023).</summary>
    StabilityAware,

    /// <summary>Mean shortfall of the players. Not of the paper: a generator that makes one mode alone, before a
    /// discriminator that has nothing to say, has little gradient too.</summary>
    Shortfall,
}

/// <param name="Kind">Which.</param>
public sealed record SampledLoss(SampledLossKind Kind = SampledLossKind.Shortfall)
{
    private const double Left = -100;

    /// <summary>The loss at w, and its gradient by w [B,p].</summary>
    /// <param name="games">What is played.</param>
    /// <param name="step">Whose samples count.</param>
    /// <param name="w">[B,p].</param>
    /// <param name="directions">(xi, A^T xi, S xi) there [B,p,3].</param>
    internal (double Value, Tensor Gradient) At(ISampledGames games, long step, Tensor w, Tensor directions)
    {
        using var scope = NewDisposeScope();
        if (Kind == SampledLossKind.Shortfall)
        {
            var leaf = Differentiation.Variable(w);
            var shortfall = games.Shortfall(leaf, step).mean();
            var slope = Differentiation.Derivative(shortfall, [leaf], null, keepGraph: false, differentiable: false);
            return (shortfall.ToDouble(), scope.MoveToOuter(slope.view(w.shape)));
        }
        var (xi, adjustment, symmetric) = (directions.select(-1, 0), directions.select(-1, 1), directions.select(-1, 2));
        var sign = (xi * symmetric).sum(dim: 1, keepdim: true).sign();
        var value = sign * xi.square().sum(dim: 1, keepdim: true);
        var counted = value > Left;
        var count = counted.sum();
        // The gradient of |xi|^2/2 is J^T xi = A^T xi + S xi.
        return (
            (where(counted, value, zeros_like(value)).sum() / count / 2).ToDouble(),
            scope.MoveToOuter(where(counted, sign / count * (adjustment + symmetric), zeros_like(xi))));
    }
}
