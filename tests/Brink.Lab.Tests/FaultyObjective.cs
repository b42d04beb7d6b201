using Brink.Objectives;

namespace Brink.Lab.Tests;

internal enum Faulty
{
    Loss,
    Gradient,
    HessianProduct,
    ThirdDerivative,
}

/// <summary>An objective that goes wrong for good after so many right answers: of LossAndGradient for the loss or the gradient,
/// else of the quantity itself.</summary>
/// <param name="Entry">Of the vector that goes wrong.</param>
/// <param name="Value">Instead.</param>
internal sealed record FaultyObjective(IObjective Objective, Faulty Quantity, int RightAnswers, long Entry, double Value) : IObjective
{
    private int _answers;

    public long Dimension => Objective.Dimension;

    public ScalarType Precision => Objective.Precision;

    public double Loss(Tensor theta) => Objective.Loss(theta);

    public (double Loss, Tensor Gradient) LossAndGradient(Tensor theta)
    {
        var (loss, gradient) = Objective.LossAndGradient(theta);
        return Quantity switch
        {
            Faulty.Loss when GoesWrong() => (Value, gradient),
            Faulty.Gradient when GoesWrong() => (loss, Spoilt(gradient)),
            _ => (loss, gradient),
        };
    }

    public IExpansion ExpandAt(Tensor theta) => new Expansion(Objective.ExpandAt(theta), this);

    private bool GoesWrong() => ++_answers > RightAnswers;

    private Tensor Spoilt(Tensor v)
    {
        v.select(-1, Entry).fill_(Value);
        return v;
    }

    private sealed class Expansion(IExpansion expansion, FaultyObjective faulty) : IExpansion
    {
        public double Loss => expansion.Loss;

        public Tensor Gradient => expansion.Gradient;

        public Tensor HessianTimes(Tensor v) => Given(Faulty.HessianProduct, expansion.HessianTimes(v));

        public Tensor ThirdDerivative(Tensor u, Tensor v) => Given(Faulty.ThirdDerivative, expansion.ThirdDerivative(u, v));

        public void Dispose() => expansion.Dispose();

        private Tensor Given(Faulty quantity, Tensor v) => faulty.Quantity == quantity && faulty.GoesWrong() ? faulty.Spoilt(v) : v;
    }
}
