namespace Brink.Monitoring;

/// <summary>Estimates Adam's second moments for an optimizer that keeps none: the moving mean of the squared gradients at the
/// readings, each of which represents the steps since the one before.</summary>
/// <remarks>In a single gradient some entries are nearly zero by chance; their curvature, divided by nearly zero, would
/// dominate. Entries of a mean are not that small.</remarks>
internal sealed class SecondMoments : IDisposable
{
    private const double Beta2 = 0.999;   // Adam's default

    private Tensor? _mean;
    private double _mass;
    private long _step;

    /// <summary>Returns P [p] = sqrt(v) + epsilon, bias corrected, with this gradient [p] included; the caller owns it. A
    /// gradient whose square is not finite is left out; null if there was no other yet.</summary>
    public Tensor? Preconditioner(long step, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        var square = gradient.square();
        if (square.isfinite().all().ToBoolean())
        {
            var kept = Math.Pow(Beta2, Math.Max(1, step - _step));
            _mean ??= zeros_like(gradient).detach().DetachFromDisposeScope();
            _mean.mul_(kept).add_(square, 1 - kept);
            (_mass, _step) = ((kept * _mass) + 1 - kept, step);
        }
        return _mean is null ? null : scope.MoveToOuter((_mean / _mass).sqrt() + StepAdvice.AdamEpsilon);
    }

    public void Dispose() => _mean?.Dispose();
}
