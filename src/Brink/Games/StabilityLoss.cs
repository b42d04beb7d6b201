namespace Brink.Games;

/// <summary>The stability-aware loss of games, 1/2 mean over games of sign(xi . S xi) |xi|^2, without games at or below -100. The sign
/// is not differentiated (Chen et al. 2023).</summary>
internal static class StabilityLoss
{
    private const double Left = -100;

    /// <summary>Computes the loss, and its gradient by w [B,p].</summary>
    /// <param name="directions">Directions (xi, A^T xi, S xi) at w [B,p,3].</param>
    public static (double Value, Tensor Gradient) At(Tensor directions)
    {
        using var scope = NewDisposeScope();
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
