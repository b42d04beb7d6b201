using Brink.Objectives;

namespace Brink.Lab.Tests;

/// <summary>An objective that cancels the work at its first call, and counts all calls.</summary>
internal sealed record CancellingObjective(IObjective Objective, CancellationTokenSource Work) : IObjective
{
    public int Calls { get; private set; }

    public long Dimension => Objective.Dimension;

    public ScalarType Precision => Objective.Precision;

    public double Loss(Tensor theta) => Called().Loss(theta);

    public (double Loss, Tensor Gradient) LossAndGradient(Tensor theta) => Called().LossAndGradient(theta);

    public IExpansion ExpandAt(Tensor theta) => Called().ExpandAt(theta);

    private IObjective Called()
    {
        Calls++;
        Work.Cancel();
        return Objective;
    }
}
