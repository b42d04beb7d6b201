namespace Brink.Monitoring;

/// <summary>What Adam's second moments would be for an optimizer that keeps none: the moving mean of the squared gradients at
/// the readings, each of which stands for the steps since the one before.</summary>
/// <remarks>Of a single gradient some entries are nearly zero by chance, and their curvature divided by nearly nothing would
/// be all that counts; those of a mean are not.</remarks>
internal sealed class SecondMoments : IDisposable
{
    private const double Beta2 = 0.999;   // Adam's default

    private Tensor? _mean;
    private double _mass;
    private long _step;

    /// <summary>P [p] = sqrt(v) + epsilon with this gradient [p] taken in, bias corrected; the caller's. A gradient whose
    /// square is not finite is left out; null where there was no other yet.</summary>
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
