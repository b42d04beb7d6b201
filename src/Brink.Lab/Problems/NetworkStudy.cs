namespace Brink.Lab;

/// <summary>A study of a network: the data, the model and the loss. Derived records add the procedure.</summary>
/// <param name="Data">Training data.</param>
/// <param name="Model">Network to train.</param>
/// <param name="Loss">Loss of one sample.</param>
/// <param name="LabelSmoothing">Share of each target that is spread over all classes.</param>
/// <param name="WeightDecay">lambda of the additional loss term lambda/2 ||theta||^2.</param>
/// <param name="Seed">Seed of the initial parameters and of the random rows of the eigenpair trackers.</param>
/// <param name="MicroBatch">Samples in one forward pass; it changes memory and speed, not the result.</param>
/// <param name="ExpansionBudgetMb">MiB that one expansion of the loss may keep.</param>
/// <param name="Engine">Engine that differentiates the loss.</param>
public abstract record NetworkStudy(
    DataSpec Data,
    ModelSpec Model,
    LossKind Loss,
    double LabelSmoothing,
    double WeightDecay,
    long Seed,
    int MicroBatch,
    int ExpansionBudgetMb,
    DerivativeEngine Engine)
    : Study(Seed)
{
    private protected void CheckShared()
    {
        AtLeast("micro_batch", MicroBatch, 1);
        AtLeast("expansion_budget_mb", ExpansionBudgetMb, 0);
        AtLeast("seed", Seed, 0);
        Data.Check();
        Model.Check();
        if (LabelSmoothing is not (>= 0 and < 1))
            throw new ExperimentException($"label_smoothing: {LabelSmoothing}; it must be at least 0 and below 1");
        if (!(WeightDecay >= 0) || double.IsInfinity(WeightDecay))
            throw new ExperimentException($"weight_decay: {WeightDecay}; it must be at least 0");
        // The targets of a file are known only after reading.
        if (Loss.IsBinary() && ((Data.Classes.Count != 2 && Data.Set != DatasetName.File) || LabelSmoothing != 0))
            throw new ExperimentException($"loss: {Names.Dashed($"{Loss}")}; binary losses need two data.classes and label_smoothing=0");
    }
}
