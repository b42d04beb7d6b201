namespace Brink.Lab;

/// <summary>The presets of all kinds of study.</summary>
public static class Studies
{
    public static readonly IReadOnlyList<NamedStudy> All =
    [
        .. Presets.All.Select(preset =>
            new NamedStudy(preset.Name, preset.Summary, preset.Cost, preset.Experiment)),
        .. SpeedStudyPresets.All,
    ];

    /// <exception cref="ExperimentException">There is no such preset.</exception>
    public static NamedStudy Named(string name) => All.FirstOrDefault(study => study.Name == name)
        ?? throw new ExperimentException(
            $"{name}: no such preset{Nearest.Hint(name, All.Select(study => study.Name))}");
}
