using Brink.Runs;
using Brink.Zoo.Models;

namespace Brink.Lab;

/// <summary>Study of the training speed of learning rates, and of the sharpness at the end: gradient descent with several of
/// them, and a flow whose step is 1/S (Damian et al. 2023, their last experiment).</summary>
/// <remarks>All numbers are computed in float32.</remarks>
/// <param name="Data">Training images.</param>
/// <param name="Model">Network to train.</param>
/// <param name="Loss">Loss of one sample.</param>
/// <param name="LabelSmoothing">Share of each target that is spread over all classes.</param>
/// <param name="WeightDecay">lambda of the additional term lambda/2 ||theta||^2 of the minimised loss; the recorded losses are
/// without it.</param>
/// <param name="LearningRates">Learning rates: one descent each, in this order; the flow comes last.</param>
/// <param name="Steps">Steps of every descent and of the flow.</param>
/// <param name="EvaluateEvery">Steps from one evaluation to the next; the last step is evaluated too.</param>
/// <param name="SharpnessSamples">Number of the first samples that give S, also for the steps of the flow.</param>
/// <param name="SharpnessTolerance">Relative residual tolerance of S.</param>
/// <param name="TestPath">Folder or file of the test images; without it those that belong to the training
/// images.</param>
/// <param name="Seed">Seed of the initial parameters, which all processes share, and of the trackers' random rows.</param>
/// <param name="MicroBatch">Samples in one forward pass.</param>
/// <param name="ExpansionBudgetMb">MiB that one expansion of the loss may keep.</param>
/// <param name="Engine">Engine that differentiates the loss.</param>
public sealed record SpeedStudy(
    DataSpec Data,
    ModelSpec Model,
    LossKind Loss,
    double LabelSmoothing,
    double WeightDecay,
    IReadOnlyList<double> LearningRates,
    int Steps,
    int EvaluateEvery,
    int SharpnessSamples,
    double SharpnessTolerance,
    [FilePath] string? TestPath,
    long Seed,
    int MicroBatch,
    int ExpansionBudgetMb,
    DerivativeEngine Engine = DerivativeEngine.Taylor)
    : NetworkStudy(Data, Model, Loss, LabelSmoothing, WeightDecay, Seed, MicroBatch, ExpansionBudgetMb, Engine)
{
    internal static readonly int[] AllClasses = [.. Enumerable.Range(0, 10)];

    /// <summary>A tanh network on 1,000 images of Fashion-MNIST with five learning rates.</summary>
    public static readonly SpeedStudy Default = new(
        new(DatasetName.FashionMnist, null, AllClasses, Samples: 1000, Pool: 2),
        new MlpSpec([100, 100], Activation.Tanh),
        LossKind.CrossEntropy,
        LabelSmoothing: 0,
        WeightDecay: 0,
        LearningRates: [0.03, 0.1, 0.2, 0.4, 0.8],
        Steps: 500,
        EvaluateEvery: 10,
        SharpnessSamples: 200,
        SharpnessTolerance: 0.01,
        TestPath: null,
        Seed: 0,
        MicroBatch: 1000,
        ExpansionBudgetMb: 2048);

    /// <inheritdoc/>
    public override string Kind => SpeedSchema.Kind;

    /// <inheritdoc/>
    public override SpeedStudy Checked()
    {
        CheckShared();
        if (Data.Set == DatasetName.Sst2)
            throw new ExperimentException("data.set: sst2; a speed study needs a test set: use a set of images or data.set=file");
        AtLeast("learning_rates: number of learning rates", LearningRates.Count, 1);
        for (var i = 0; i < LearningRates.Count; i++) Positive($"learning_rates[{i}]", LearningRates[i]);
        if (LearningRates.CountBy(rate => rate).FirstOrDefault(pair => pair.Value > 1) is { Value: > 1 } repeated)
            throw new ExperimentException($"learning_rates: {repeated.Key} is listed {repeated.Value} times; list each learning rate once");
        AtLeast("steps", Steps, 1);
        AtLeast("evaluate_every", EvaluateEvery, 1);
        AtLeast("sharpness_samples", SharpnessSamples, 1);
        // Without data.samples, the number of samples of a file is known only after reading.
        if (SharpnessSamples > Data.Samples)
        {
            throw new ExperimentException(
                $"sharpness_samples: {SharpnessSamples}; it must be at most data.samples, {Data.Samples}");
        }
        Positive("sharpness_tolerance", SharpnessTolerance);
        return this;
    }
}
