using Brink.Objectives;

namespace Brink.Lab;

/// <summary>An objective whose calls, at any depth, throw once the work has been cancelled for a while: a step that finishes
/// before then is kept.</summary>
/// <param name="objective">Objective to evaluate.</param>
/// <param name="patience">Time from the first call that notices the cancellation.</param>
/// <param name="time">Source of monotonic time.</param>
/// <param name="cancellation">Cancellation of the work.</param>
internal sealed class CancelledObjective(
    IObjective objective, TimeSpan patience, TimeProvider time, CancellationToken cancellation) : IObjective
{
    private long? _noticed;

    public long Dimension => objective.Dimension;

    public ScalarType Precision => objective.Precision;

    public double Loss(Tensor theta) => Uncancelled().Loss(theta);

    public (double Loss, Tensor Gradient) LossAndGradient(Tensor theta) => Uncancelled().LossAndGradient(theta);

    public IExpansion ExpandAt(Tensor theta) => new Expansion(Uncancelled().ExpandAt(theta), this);

    public IExpansion CurvatureAt(Tensor theta) => new Expansion(Uncancelled().CurvatureAt(theta), this);

    private IObjective Uncancelled()
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
            whole.Uncancelled();
            return expansion.HessianTimes(v);
        }

        public Tensor ThirdDerivative(Tensor u, Tensor v)
        {
            whole.Uncancelled();
            return expansion.ThirdDerivative(u, v);
        }

        public void Dispose() => expansion.Dispose();
    }
}
