using Brink.Objectives;

namespace Brink.Lab;

/// <summary>An objective that ends what goes on with it, at any depth, once the work has been cancelled for a while: a step
/// that ends by itself until then is not lost.</summary>
/// <param name="objective">What is seen.</param>
/// <param name="patience">From when the cancellation is first noticed.</param>
/// <param name="time">Its monotonic clock.</param>
/// <param name="cancellation">Of the work.</param>
internal sealed class CancelledObjective(
    IObjective objective, TimeSpan patience, TimeProvider time, CancellationToken cancellation) : IObjective
{
    private long? _noticed;

    public long Dimension => objective.Dimension;

    public ScalarType Precision => objective.Precision;

    public double Loss(Tensor theta) => Asked().Loss(theta);

    public (double Loss, Tensor Gradient) LossAndGradient(Tensor theta) => Asked().LossAndGradient(theta);

    public IExpansion ExpandAt(Tensor theta) => new Expansion(Asked().ExpandAt(theta), this);

    private IObjective Asked()
    {
        if (!cancellation.IsCancellationRequested) return objective;
        _noticed ??= time.GetTimestamp();
        return time.GetElapsedTime(_noticed.Value) >= patience ? throw new OperationCanceledException(cancellation) : objective;
    }

    private sealed class Expansion(IExpansion expansion, CancelledObjective whole) : IExpansion
    {
        public double Loss => expansion.Loss;

        public Tensor Gradient => expansion.Gradient;

        public Tensor HessianTimes(Tensor v)
        {
            whole.Asked();
            return expansion.HessianTimes(v);
        }

        public Tensor ThirdDerivative(Tensor u, Tensor v)
        {
            whole.Asked();
            return expansion.ThirdDerivative(u, v);
        }

        public void Dispose() => expansion.Dispose();
    }
}
