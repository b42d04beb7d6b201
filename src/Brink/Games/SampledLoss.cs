using Brink.Objectives;

namespace Brink.Games;

/// <summary>Loss of sampled games that the training of a learned optimizer descends.</summary>
public enum SampledLossKind
{
    /// <summary>1/2 mean over games of sign(xi . S xi) |xi|^2, without games at or below -100. The sign is not
    /// differentiated (Chen et al. 2023).</summary>
    StabilityAware,

    /// <summary>Mean shortfall of the players. Not in the paper, whose loss is also small for a generator that makes
    /// one mode only, against an uninformative discriminator: the gradient is small there.</summary>
    Shortfall,
}

/// <param name="Kind">Kind of loss.</param>
public sealed record SampledLoss(SampledLossKind Kind = SampledLossKind.Shortfall)
{
    private const double Left = -100;

    /// <summary>Computes the loss at w, and its gradient by w [B,p].</summary>
    /// <param name="games">Games that are played.</param>
    /// <param name="step">Step whose samples are used.</param>
    /// <param name="w">Point [B,p].</param>
    /// <param name="directions">Directions (xi, A^T xi, S xi) at w [B,p,3].</param>
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
