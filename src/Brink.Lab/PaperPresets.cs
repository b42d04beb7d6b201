namespace Brink.Lab;

/// <summary>The experiments of the paper (Damian et al. 2023, figure 3 and its appendix) on the reader's copy of the data: at
/// the paper's size, and small, within about ten minutes on 2 cores.</summary>
/// <remarks>The learning rates of the paper's figures are not published; these were chosen so that the sharpness of the start
/// lies below 2/eta and reaches it. A small one keeps model and loss, and takes fewer samples, smaller images and looser
/// tolerances.</remarks>
internal static class PaperPresets
{
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

    /// <summary>Model, data and loss; then learning rate and cost of the full size and of the small one.</summary>
    public static readonly IReadOnlyList<Preset> All =
    [
        .. Images("mlp", LossKind.Mse, 100, 0.01, new(36_000, 1_700), new(500, 1, 0.01), new(240, 700)),
        .. Images("mlp", LossKind.CrossEntropy, 100, 0.05, new(36_000, 1_700), new(500, 1, 0.05), new(240, 700)),
        .. Images("cnn", LossKind.Mse, 100, 0.04, new(1_300_000, 4_000), new(64, 2, 0.1), new(400, 900)),
        .. Images("cnn", LossKind.CrossEntropy, 100, 0.1, new(1_300_000, 4_000), new(64, 2, 0.2), new(400, 900)),
        .. Images("resnet18", LossKind.Mse, 50, 0.005, new(6_000_000, 5_000), new(32, 4, 0.0061), new(600, 900)),
        .. Images("resnet18", LossKind.CrossEntropy, 50, 0.01, new(6_000_000, 5_000), new(32, 4, 0.03), new(600, 900)),
        .. Sentences(LossKind.BinaryMse, "mse", 0.02),
        .. Sentences(LossKind.Logistic, "logistic", 0.05),
    ];

    private static Preset[] Images(
        string kind, LossKind loss, int microBatch, double learningRate, Cost cost, SmallImages few, Cost little)
    {
        var name = $"paper/{kind}-cifar10-{(loss == LossKind.Mse ? "mse" : "ce")}";
        var summary = $"{kind} on CIFAR-10, {(loss == LossKind.Mse ? "squared error" : "cross-entropy")}";
        var classes = Enumerable.Range(0, 10).ToArray();
        var full = Of(new(DatasetName.Cifar10, null, classes, 5000, 1), kind, loss, microBatch, learningRate, Full);
        var small = Of(
            new(DatasetName.Cifar10, null, classes, few.Samples, few.Pool), kind, loss, few.Samples, few.LearningRate, Small);
        return
        [
            new(name, summary + FullSize, cost, full),
            new(name + "-small", $"{summary}, {few.Samples} images of {32 / few.Pool} by {32 / few.Pool}, 100 steps", little, small),
        ];
    }

    private static Preset[] Sentences(LossKind loss, string lossName, double learningRate)
    {
        var summary = $"Transformer on SST-2, {(loss == LossKind.BinaryMse ? "squared error" : "logistic loss")}";
        DataSpec Data(int samples, int pieces) => new(DatasetName.Sst2, null, [0, 1], samples, 1, null, pieces);
        var full = Of(Data(5000, 8000), "transformer", loss, 50, learningRate, Full);
        var small = Of(Data(40, 4000), "transformer", loss, 20, learningRate, Small);
        return
        [
            new($"paper/transformer-sst2-{lossName}", summary + FullSize, new(1_000_000, 6_000), full),
            new($"paper/transformer-sst2-{lossName}-small", summary + ", 40 sentences, 100 steps", new(500, 900), small),
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
        tracking);

    private sealed record SmallImages(int Samples, int Pool, double LearningRate);
}
