using Brink.Runs;

namespace Brink.Lab;

/// <summary>Batch normalization preconditioning beside what it stands for: the same network trained plainly, with batch norm,
/// with group norm and with BNP, at several batch sizes, by gradient descent without momentum (Lange, Helfrich, Ye 2022).</summary>
/// <param name="Model">What is trained.</param>
/// <param name="Data">Images that are learnt.</param>
/// <param name="TestPath">Folder or file of the test images; without it those that belong to the training images.</param>
/// <param name="Batches">Batch sizes.</param>
/// <param name="LearningRates">Each variant has, at each batch size, that one of them whose trial run has the lowest loss on
/// its minibatches.</param>
/// <param name="Steps">Of every training, at most.</param>
/// <param name="Seconds">Of every training, at most; without it the steps alone decide, and the numbers are the same in each
/// run.</param>
/// <param name="Seed">Of the initial parameters and of the minibatches, which all trainings share, and of the density's
/// probes.</param>
/// <param name="Parameters">A safetensors file with the initial weights and biases; without it the seed draws them.</param>
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
    public override string Kind => BnpSchema.Kind;

    /// <summary>Of a training, what a trial run with one learning rate takes.</summary>
    public const double TrialShare = 0.2;

    /// <summary>Evaluations along a training.</summary>
    public const int Evaluations = 25;

    /// <summary>After these shares of a training its Hessian is measured.</summary>
    public static readonly IReadOnlyList<double> Moments = [0.1, 0.4, 1];

    /// <summary>So many of the first training images give the Hessian; a product of the CNN costs ten times that of the
    /// MLP.</summary>
    public int CurvatureSamples => Model == BnpModel.Cnn ? 32 : 128;

    /// <summary>Steps that all batch sizes together make in about two minutes.</summary>
    public static int UsualSteps(BnpModel model) => model == BnpModel.Cnn ? 400 : 1000;

    /// <summary>So many of the first training images give the training loss that is reported.</summary>
    public const int EvaluationSamples = 1000;

    public static readonly BnpStudy Default = new(
        BnpModel.Mlp,
        new(DatasetName.FashionMnist, null, [.. Enumerable.Range(0, 10)], Samples: 5000, Pool: 1),
        TestPath: null,
        Batches: [128, 32, 8, 2, 1],
        LearningRates: [0.003, 0.01, 0.03, 0.1, 0.3, 1, 3],
        Steps: UsualSteps(BnpModel.Mlp),
        Seconds: null,
        Seed: 0);

    /// <exception cref="ExperimentException">The first value that makes no sense.</exception>
    public override BnpStudy Checked()
    {
        if (Batches.Count == 0) throw new ExperimentException("batches: there is none");
        foreach (var batch in Batches)
            if (batch < 1 || batch > Data.Samples)
                throw new ExperimentException($"batches: {batch}; it must be at least 1, and at most the {Data.Samples} training images");
        if (Batches.Distinct().Count() < Batches.Count) throw new ExperimentException("batches: one is named twice");
        if (LearningRates.Count == 0) throw new ExperimentException("learning_rates: there is none");
        for (var i = 0; i < LearningRates.Count; i++) Positive($"learning_rates[{i}]", LearningRates[i]);
        Data.Check();
        AtLeast("steps", Steps, 1);
        if (Seconds is { } seconds) Positive("seconds", seconds);
        AtLeast("seed", Seed, 0);
        return this;
    }
}
