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
            : throw new ExperimentException($"loss: {Names.Dashed($"{loss}")} tells two classes apart, and the targets have {Classes}");
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
            throw new ExperimentException($"loss: {name} has one output, and the targets are {outputs} numbers a sample; mse takes those");
        switch (loss)
        {
            case LossKind.Logistic when !Values.abs().eq(1).all().ToBoolean():
                throw new ExperimentException("loss: logistic takes targets of -1 and +1, and these have others");
            case LossKind.CrossEntropy when outputs < 2 || !AreShares():
                throw new ExperimentException(
                    "loss: cross-entropy takes classes, whole numbers [n], or shares of classes [n,c] that add up to 1, and the targets are other numbers");
            case LossKind.CrossEntropy:
                return Values * (1 - labelSmoothing) + labelSmoothing / outputs;
            default:
                return labelSmoothing == 0
                    ? Values.clone()
                    : throw new ExperimentException($"label_smoothing: {labelSmoothing}; numbers are no classes: it must be 0");
        }
    }

    private bool AreShares()
    {
        using var scope = NewDisposeScope();
        return Values.ge(0).all().ToBoolean() && (Values.sum(1) - 1).abs().max().ToDouble() <= Rounding;
    }
}
