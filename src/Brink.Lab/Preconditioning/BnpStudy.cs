using Brink.Runs;

namespace Brink.Lab;

/// <summary>Comparison of batch normalization preconditioning (BNP) with batch norm (Lange, Helfrich, Ye 2022). The same
/// network is trained plainly, with batch norm, with group norm and with BNP, at several batch sizes, by gradient descent
/// without momentum.</summary>
/// <param name="Model">Network to train.</param>
/// <param name="Data">Training images.</param>
/// <param name="TestPath">Folder or file of the test images; without it those that belong to the training images.</param>
/// <param name="Batches">Batch sizes.</param>
/// <param name="LearningRates">Candidates: each variant takes, at each batch size, the one whose trial has the lowest loss on
/// its minibatches.</param>
/// <param name="Steps">Largest number of steps of every training.</param>
/// <param name="Seconds">Longest duration of every training; without it the steps alone decide, and the numbers are the same in
/// each run.</param>
/// <param name="Seed">Seed of the initial parameters and of the minibatches, which all trainings share, and of the density's
/// probes.</param>
/// <param name="Parameters">Safetensors file of the initial weights and biases; without it the seed draws them.</param>
public sealed record BnpStudy(
    BnpModel Model,
    DataSpec Data,
    [FilePath] string? TestPath,
    IReadOnlyList<int> Batches,
    IReadOnlyList<double> LearningRates,
    int Steps,
    double? Seconds,
    long Seed,
    [FilePath] string? Parameters = null)
    : Study(Seed)
{
    /// <inheritdoc/>
    public override string Kind => BnpSchema.Kind;

    /// <summary>Length of a trial with one learning rate, relative to a training.</summary>
    public const double TrialShare = 0.2;

    /// <summary>Number of evaluations in a training.</summary>
    public const int Evaluations = 25;

    /// <summary>Shares of a training after which its Hessian is measured.</summary>
    public static readonly IReadOnlyList<double> Moments = [0.1, 0.4, 1];

    /// <summary>Number of the first training images that give the Hessian; a product of the CNN costs ten times that of the
    /// MLP.</summary>
    public int CurvatureSamples => Model == BnpModel.Cnn ? 32 : 128;

    /// <summary>Steps of a training with which all batch sizes together take about two minutes.</summary>
    public static int UsualSteps(BnpModel model) => model == BnpModel.Cnn ? 400 : 1000;

    /// <summary>Number of the first training images that give the reported training loss.</summary>
    public const int EvaluationSamples = 1000;

    /// <summary>The perceptron on 5,000 images of Fashion-MNIST, at five batch sizes.</summary>
    public static readonly BnpStudy Default = new(
        BnpModel.Mlp,
        new(DatasetName.FashionMnist, null, [.. Enumerable.Range(0, 10)], Samples: 5000, Pool: 1),
        TestPath: null,
        Batches: [128, 32, 8, 2, 1],
        LearningRates: [0.003, 0.01, 0.03, 0.1, 0.3, 1, 3],
        Steps: UsualSteps(BnpModel.Mlp),
        Seconds: null,
        Seed: 0);

    /// <exception cref="ExperimentException">A value is invalid; the message gives the path of the first.</exception>
    public override BnpStudy Checked()
    {
        if (Batches.Count == 0) throw new ExperimentException("batches: []; give at least one batch size");
        foreach (var batch in Batches)
            if (batch < 1 || batch > Data.Samples)
            {
                throw new ExperimentException(
                    $"batches: {batch}; it must be at least 1{(Data.Samples is { } most ? $" and at most data.samples, {most}" : "")}");
            }
        if (Batches.CountBy(batch => batch).FirstOrDefault(pair => pair.Value > 1) is { Value: > 1 } repeated)
            throw new ExperimentException($"batches: {repeated.Key} is listed {repeated.Value} times; list each batch size once");
        if (LearningRates.Count == 0) throw new ExperimentException("learning_rates: []; give at least one learning rate");
        for (var i = 0; i < LearningRates.Count; i++) Positive($"learning_rates[{i}]", LearningRates[i]);
        Data.Check();
        AtLeast("steps", Steps, 1);
        if (Seconds is { } seconds) Positive("seconds", seconds);
        AtLeast("seed", Seed, 0);
        return this;
    }
}
