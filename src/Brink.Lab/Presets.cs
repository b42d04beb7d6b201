using Brink.Zoo.Models;

namespace Brink.Lab;

/// <summary>A named experiment.</summary>
public sealed record Preset(string Name, string Summary, Cost Cost, Experiment Experiment);

/// <summary>What a run takes on 2 cores; docs/measurements.md says what was measured and what is reckoned from the cost of a
/// step.</summary>
/// <param name="Seconds">Of the whole run.</param>
/// <param name="MemoryMb">Largest resident memory.</param>
public sealed record Cost(int Seconds, int MemoryMb);

public static class Presets
{
    /// <summary>Two classes of Fashion-MNIST on a tanh network: the second eigenvalue stays far below the
    /// edge, so that the whole theory of one unstable direction shows.</summary>
    private static readonly Experiment Quickstart = new(
        new(DatasetName.FashionMnist, null, [0, 1], Samples: 500, Pool: 2),
        new MlpSpec([100, 100], Activation.Tanh),
        LossKind.Mse,
        LabelSmoothing: 0,
        WeightDecay: 0,
        LearningRate: 0.04,
        Seed: 0,
        MicroBatch: 500,
        ExpansionBudgetMb: 2048,
        new(MaxSteps: 20_000, SharpnessTolerance: 1e-4),
        new(
            Steps: 300,
            ConstraintTolerance: 5e-7,
            EigenvectorTolerance: 1e-7,
            SharpnessTolerance: 1e-3,
            FlowTolerance: 1e-7,
            SharpnessEvery: 1,
            TheoryEvery: 50));

    public static readonly IReadOnlyList<Preset> All =
    [
        new(
            "quickstart",
            "two classes, tanh MLP 196-100-100-2, 300 steps at the edge: three cycles",
            new(60, 350),
            Quickstart),
        new("long", "quickstart, 1,200 steps at the edge", new(240, 350), Quickstart with
        {
            Tracking = Quickstart.Tracking with { Steps = 1200 },
        }),
        new("smoke", "a small network on 100 images, for a look at everything in seconds", new(4, 250), Quickstart with
        {
            Data = Quickstart.Data with { Samples = 100, Pool = 4 },
            Model = new MlpSpec([16], Activation.Tanh),
            MicroBatch = 100,
            LearningRate = 0.06,
            Tracking = Quickstart.Tracking with { Steps = 150 },
        }),
        .. PaperPresets.All,
    ];

    /// <exception cref="ExperimentException">There is no such preset.</exception>
    public static Preset Named(string name) => All.FirstOrDefault(preset => preset.Name == name)
        ?? throw new ExperimentException(
            $"{name}: no such preset{Nearest.Hint(name, All.Select(preset => preset.Name))}");
}
