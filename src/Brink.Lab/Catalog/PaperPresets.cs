namespace Brink.Lab;

/// <summary>The experiments of the paper (Damian et al. 2023, figure 3 and its appendix) on a local copy of the data: at the
/// size of the paper, and small, within about ten minutes on 2 cores.</summary>
/// <remarks>The learning rates of the paper's figures are not published; these were chosen so that the sharpness starts below
/// 2/eta and reaches it. A small preset keeps model and loss, with fewer samples, smaller images and looser tolerances; for the
/// ResNet also with fewer classes and, with cross-entropy, smoothed labels.</remarks>
internal static class PaperPresets
{
    private static readonly int[] All10 = [.. Enumerable.Range(0, 10)];

    /// <summary>A ResNet memorizes a few images of ten classes within twenty steps, while its sharpness overshoots; with two
    /// classes the sharpness rises to the edge evenly.</summary>
    private static readonly int[] CatsAndDogs = [3, 5];

    /// <summary>With one-hot labels the sharpness of the ResNet on few images grows to several times its initial value, by up
    /// to a half in a step, and collapses once they are memorized. With label smoothing 0.7 it grows by a half in all and
    /// stays, so that there is an edge to track.</summary>
    private const double ResNetSmoothing = 0.7;

    private const string FullSize = ", 5,000 samples, 1,000 steps at the edge";

    private static readonly TrackingSpec Full = new(
        Steps: 1000,
        ConstraintTolerance: 1e-6,
        EigenvectorTolerance: 1e-6,
        SharpnessTolerance: 1e-3,
        FlowTolerance: 1e-6,
        SharpnessEvery: 1,
        TheoryEvery: 50);

    private static readonly TrackingSpec Small = new(
        Steps: 100,
        ConstraintTolerance: 1e-5,
        EigenvectorTolerance: 1e-5,
        SharpnessTolerance: 1e-2,
        FlowTolerance: 1e-4,
        SharpnessEvery: 5,
        TheoryEvery: 50);

    /// <summary>The presets by model, data and loss: each at full size and small.</summary>
    public static readonly IReadOnlyList<Preset> All =
    [
        .. Images("mlp", LossKind.Mse, 100, 0.01, new(3_800, 2_600), new(500, 1, 0.01, All10), new(300, 2_200)),
        .. Images(
            "mlp", LossKind.CrossEntropy, 100, 0.065,
            new(3_800, 2_600, IsMeasured: false), new(200, 1, 0.065, All10), new(500, 2_200)),
        .. Images("cnn", LossKind.Mse, 100, 0.04, new(51_000, 8_000, IsMeasured: false), new(64, 2, 0.04, All10), new(580, 1_300)),
        .. Images(
            "cnn", LossKind.CrossEntropy, 100, 0.16,
            new(51_000, 8_000, IsMeasured: false), new(64, 2, 0.16, All10), new(500, 1_300)),
        .. Images(
            "resnet18", LossKind.Mse, 50, 0.0058,
            new(1_200_000, 8_000, IsMeasured: false), new(32, 4, 0.0058, CatsAndDogs), new(400, 2_500)),
        .. Images(
            "resnet18", LossKind.CrossEntropy, 50, 0.02,
            new(1_200_000, 8_000, IsMeasured: false), new(16, 4, 0.036, CatsAndDogs, ResNetSmoothing), new(550, 2_100)),
        .. Sentences(LossKind.BinaryMse, "mse", 0.02, 360),
        .. Sentences(LossKind.Logistic, "logistic", 0.05, 600),
    ];

    private static Preset[] Images(
        string kind, LossKind loss, int microBatch, double learningRate, Cost cost, SmallImages few, Cost little)
    {
        var name = $"paper/{kind}-cifar10-{(loss == LossKind.Mse ? "mse" : "ce")}";
        var summary = $"{kind} on CIFAR-10, {(loss == LossKind.Mse ? "squared error" : "cross-entropy")}";
        var full = Of(new(DatasetName.Cifar10, null, All10, 5000, 1), kind, loss, microBatch, learningRate, Full);
        var pictures = new DataSpec(DatasetName.Cifar10, null, few.Classes, few.Samples, few.Pool);
        var small = Of(pictures, kind, loss, few.Samples, few.LearningRate, Small) with { LabelSmoothing = few.LabelSmoothing };
        return
        [
            new(name, summary + FullSize, cost, full),
            new(
                name + "-small",
                $"{summary}, {few.Samples} images{(few.Classes == All10 ? "" : " of cats and dogs")},"
                    + $" {32 / few.Pool} by {32 / few.Pool}{(few.LabelSmoothing == 0 ? "" : $", label smoothing {few.LabelSmoothing}")},"
                    + " 100 steps",
                little,
                small),
        ];
    }

    private static Preset[] Sentences(LossKind loss, string lossName, double learningRate, int seconds)
    {
        var summary = $"Transformer on SST-2, {(loss == LossKind.BinaryMse ? "squared error" : "logistic loss")}";
        DataSpec Data(int samples, int pieces) => new(DatasetName.Sst2, null, [0, 1], samples, 1, null, pieces);
        var full = Of(Data(5000, 8000), "transformer", loss, 50, learningRate, Full);
        var small = Of(Data(40, 4000), "transformer", loss, 20, learningRate, Small);
        return
        [
            new($"paper/transformer-sst2-{lossName}", summary + FullSize, new(35_000, 6_000, IsMeasured: false), full),
            new($"paper/transformer-sst2-{lossName}-small", summary + ", 40 sentences, 100 steps", new(seconds, 2_500), small),
        ];
    }

    private static Experiment Of(
        DataSpec data, string kind, LossKind loss, int microBatch, double learningRate, TrackingSpec tracking) => new(
        data,
        ModelSpec.Kinds[kind],
        loss,
        LabelSmoothing: 0,
        WeightDecay: 0,
        learningRate,
        Seed: 0,
        microBatch,
        ExpansionBudgetMb: 2048,
        new(MaxSteps: 20_000, SharpnessTolerance: 1e-3),
        tracking,
        Experiment.Default.Steering);

    private sealed record SmallImages(
        int Samples, int Pool, double LearningRate, int[] Classes, double LabelSmoothing = 0);
}
