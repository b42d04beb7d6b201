using Brink.Runs;

namespace Brink.Lab;

/// <summary>The kinds of study that files, runs and commands support.</summary>
public sealed record StudyKinds(IReadOnlyList<StudyKind> All)
{
    /// <summary>The kinds of study in Brink.</summary>
    public static StudyKinds Standard { get; } = new(
    [
        EdgeOfStability.Kind, TrainingSpeed.Kind, SteeringComparison.Kind, BnpComparison.Kind, EscapeRun.Kind,
        GameTrainingRun.OnGames, GameTrainingRun.OnGans, GanEvolutionRun.Kind,
    ]);

    /// <summary>Returns these kinds and one more.</summary>
    public StudyKinds With(StudyKind kind) => new([.. All, kind]);

    /// <exception cref="ExperimentException">There is no such kind.</exception>
    public StudyKind Named(string name) => Find(name)
        ?? throw new ExperimentException($"study: '{name}' is unknown{Nearest.Hint(name, All.Select(kind => kind.Name))}");

    /// <summary>Finds a kind by its name; null if there is no such kind.</summary>
    public StudyKind? Find(string? name) => All.FirstOrDefault(kind => kind.Name == name);

    /// <summary>Returns the run of a study of any kind.</summary>
    public IStudyRun Of(Study study, RunWriter run, CheckpointPace pace) => Named(study.Kind).Of(study, run, TimeProvider.System, pace);
}
