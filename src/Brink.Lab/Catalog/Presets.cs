namespace Brink.Lab;

/// <summary>The presets of all kinds of study.</summary>
public static class Presets
{
    /// <summary>All presets, in the order in which they are listed.</summary>
    public static readonly IReadOnlyList<Preset> All =
    [
        new(
            "quickstart",
            "two classes, tanh MLP 196-100-100-2, 300 steps at the edge: three cycles",
            new(60, 350),
            Experiment.Default),
        new("long", "quickstart, 1,200 steps at the edge", new(240, 350), Experiment.Default with
        {
            Tracking = Experiment.Default.Tracking with { Steps = 1200 },
        }),
        new("smoke", "a small network on 100 images: a complete run in seconds", new(4, 250), Experiment.Small),
        .. PaperPresets.All,
        .. SpeedStudyPresets.All,
        .. SteeringPresets.All,
    ];

    /// <exception cref="ExperimentException">There is no such preset.</exception>
    public static Preset Named(string name) => All.FirstOrDefault(preset => preset.Name == name)
        ?? throw new ExperimentException(
            $"{name}: no such preset{Nearest.Hint(name, All.Select(preset => preset.Name))}");
}
