namespace Brink.Lab;

/// <summary>Targets of samples.</summary>
internal abstract record Targets
{
    /// <summary>Returns the targets for a loss [n,outputs] in float64.</summary>
    /// <exception cref="ExperimentException">The loss cannot use these targets.</exception>
    public abstract Tensor For(LossKind loss, double labelSmoothing);

    /// <summary>Returns the targets of the first n samples.</summary>
    public abstract Targets First(int n);
}

/// <param name="OneHot">[n,classes] in float64.</param>
internal sealed record ClassTargets(Tensor OneHot) : Targets
{
    public int Classes => (int)OneHot.shape[1];

    public override Targets First(int n) => new ClassTargets(OneHot[..n]);

    public override Tensor For(LossKind loss, double labelSmoothing)
    {
        if (!loss.IsBinary()) return OneHot * (1 - labelSmoothing) + labelSmoothing / Classes;
        return Classes == 2
            ? OneHot.narrow(1, 1, 1) * 2 - 1
            : throw new ExperimentException(
                $"loss: {Names.Dashed($"{loss}")} separates two classes, and the targets have {Classes}; use cross-entropy or mse");
    }
}

/// <param name="Values">[n,outputs] in float64.</param>
internal sealed record NumberTargets(Tensor Values) : Targets
{
    // Error of sums of shares that were written in float32.
    private const double Rounding = 1e-5;

    public override Targets First(int n) => new NumberTargets(Values[..n]);

    public override Tensor For(LossKind loss, double labelSmoothing)
    {
        var (name, outputs) = (Names.Dashed($"{loss}"), Values.shape[1]);
        if (loss.IsBinary() && outputs != 1)
            throw new ExperimentException($"loss: {name} has one output, and the targets have {outputs} values per sample; use mse");
        switch (loss)
        {
            case LossKind.Logistic when !Values.abs().eq(1).all().ToBoolean():
                throw new ExperimentException("loss: logistic needs targets of -1 and +1; the targets contain other values");
            case LossKind.CrossEntropy when outputs < 2 || !AreProbabilities():
                throw new ExperimentException(
                    "loss: cross-entropy needs classes (integers [n]) or class probabilities [n,c] that sum to 1; the targets are neither");
            case LossKind.CrossEntropy:
                return Values * (1 - labelSmoothing) + labelSmoothing / outputs;
            default:
                return labelSmoothing == 0
                    ? Values.clone()
                    : throw new ExperimentException(
                        $"label_smoothing: {labelSmoothing}; it must be 0, because the targets are not classes");
        }
    }

    private bool AreProbabilities()
    {
        using var scope = NewDisposeScope();
        return Values.ge(0).all().ToBoolean() && (Values.sum(1) - 1).abs().max().ToDouble() <= Rounding;
    }
}
