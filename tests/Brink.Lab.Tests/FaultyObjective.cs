using Brink.Objectives;

namespace Brink.Lab.Tests;

internal enum Faulty
{
    Loss,
    Gradient,
    HessianProduct,
    ThirdDerivative,
}

/// <summary>An objective that returns a wrong value of one quantity from some call on. Calls of LossAndGradient count for the
/// loss and the gradient, otherwise calls that compute the quantity itself.</summary>
/// <param name="Quantity">The quantity that becomes wrong.</param>
/// <param name="CorrectCalls">Number of correct calls before.</param>
/// <param name="Entry">Index of the wrong entry of a vector.</param>
/// <param name="Value">The wrong value.</param>
internal sealed record FaultyObjective(IObjective Objective, Faulty Quantity, int CorrectCalls, long Entry, double Value) : IObjective
{
    private int _calls;

    public long Dimension => Objective.Dimension;

    public ScalarType Precision => Objective.Precision;

    public double Loss(Tensor theta) => Objective.Loss(theta);

    public (double Loss, Tensor Gradient) LossAndGradient(Tensor theta)
    {
        var (loss, gradient) = Objective.LossAndGradient(theta);
        return Quantity switch
        {
            Faulty.Loss when IsWrong() => (Value, gradient),
            Faulty.Gradient when IsWrong() => (loss, Corrupted(gradient)),
            _ => (loss, gradient),
        };
    }

    public IExpansion ExpandAt(Tensor theta) => new Expansion(Objective.ExpandAt(theta), this);

    private bool IsWrong() => ++_calls > CorrectCalls;

    private Tensor Corrupted(Tensor v)
    {
        v.select(-1, Entry).fill_(Value);
        return v;
    }

    private sealed class Expansion(IExpansion expansion, FaultyObjective faulty) : IExpansion
    {
        public double Loss => expansion.Loss;

        public Tensor Gradient => expansion.Gradient;

        public Tensor HessianTimes(Tensor v) => Returned(Faulty.HessianProduct, expansion.HessianTimes(v));

        public Tensor ThirdDerivative(Tensor u, Tensor v) => Returned(Faulty.ThirdDerivative, expansion.ThirdDerivative(u, v));

        public void Dispose() => expansion.Dispose();

        private Tensor Returned(Faulty quantity, Tensor v) => faulty.Quantity == quantity && faulty.IsWrong() ? faulty.Corrupted(v) : v;
    }
}
