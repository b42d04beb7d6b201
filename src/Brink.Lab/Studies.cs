namespace Brink.Lab;

/// <summary>A study by its name, whatever its kind.</summary>
public sealed record NamedStudy(string Name, string Summary, Cost Cost, Study Study);

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

    /// <summary>The preset that a file of this kind starts from where it names none.</summary>
    /// <exception cref="ExperimentException">There is no such kind.</exception>
    public static NamedStudy FirstOf(string kind) => All.FirstOrDefault(study => study.Study.Kind == kind)
        ?? throw new ExperimentException(
            $"study: '{kind}' is unknown{Nearest.Hint(kind, All.Select(study => study.Study.Kind).Distinct())}");
}
