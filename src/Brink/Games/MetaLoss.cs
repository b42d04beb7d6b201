namespace Brink.Games;

/// <summary>Loss of a batch of games that the training of a learned optimizer descends.</summary>
public enum MetaLossKind
{
    /// <summary>1/2 mean over games of sign(xi . S xi) |xi|^2: near a stable point a smaller gradient is better,
    /// near an unstable one a larger. The sign is not differentiated; games at or below -100 have escaped and are
    /// not counted.</summary>
    StabilityAware,

    /// <summary>1/2 mean |xi|^2, plus Coefficient times the mean of max(0, -xi . S xi).</summary>
    Regularised,

    /// <summary>1/2 mean |xi|^2.</summary>
    Norm,

    /// <summary>1/2 mean |xi|^2 relative to that of the first step of the game.</summary>
    Normalised,

    /// <summary>1/2 mean sign(xi . S xi) log(|xi|^2 + Coefficient^2): every halving of the gradient changes the loss
    /// equally, down to the Coefficient. Not in the paper, whose losses hardly change below a gradient of
    /// 0.1.</summary>
    Logarithmic,
}

/// <param name="Kind">Kind of loss.</param>
/// <param name="Coefficient">Coefficient of the regularised loss, 10 in the published code, and of the logarithmic
/// one.</param>
public sealed record MetaLoss(MetaLossKind Kind = MetaLossKind.StabilityAware, double Coefficient = 10)
{
    private const double Left = -100;

    /// <summary>Sum of the loss over the steps of an unroll, a scalar.</summary>
    /// <param name="directions">Directions (xi, A^T xi, S xi) [T,B,n,3] before each of T moves.</param>
    /// <param name="first">|xi|^2 at the first step of each game [B].</param>
    internal Tensor Of(Tensor directions, Tensor first)
    {
        var xi = directions.select(-1, 0);
        var square = xi.square().sum(dim: -1);
        if (Kind == MetaLossKind.Norm) return square.mean([1]).sum() / 2;
        if (Kind == MetaLossKind.Normalised) return (square / first).mean([1]).sum() / 2;
        var slope = (xi * directions.select(-1, 2)).sum(dim: -1);   // xi . grad H = xi . J^T xi = xi . S xi
        if (Kind == MetaLossKind.Regularised)
            return ((square.mean([1]) / 2) - (Coefficient * slope.clamp_max(0).mean([1]))).sum();
        var sign = slope.detach().sign();
        var counted = sign * square.detach() > Left;   // false for NaN
        var value = sign * (Kind == MetaLossKind.Logarithmic ? (square + (Coefficient * Coefficient)).log() : square);
        return (where(counted, value, zeros_like(value)).sum(dim: 1) / counted.sum(dim: 1)).sum() / 2;
    }
}
