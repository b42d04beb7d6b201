using Brink.Runs;

namespace Brink.Lab;

/// <summary>A kind of study: its name, the study that a file of this kind starts from, and how one is run.</summary>
/// <param name="standard">Every value that a file may leave out.</param>
public abstract class StudyKind(Study standard)
{
    /// <summary>The value of the key 'study' in a file, and of 'kind' in a manifest.</summary>
    public string Name => standard.Kind;

    /// <summary>The study that a file of this kind starts from.</summary>
    public Study Default => standard;

    /// <summary>Prepares the run of a study of this kind.</summary>
    /// <param name="study">What is run.</param>
    /// <param name="run">Where it is recorded.</param>
    /// <param name="time">Durations are taken from its monotonic clock.</param>
    /// <param name="pace">How often checkpoints are left.</param>
    public abstract IStudyRun Of(Study study, RunWriter run, TimeProvider time, CheckpointPace pace);
}

/// <inheritdoc/>
/// <param name="start">Prepares the run of a study.</param>
public sealed class StudyKind<TStudy>(TStudy standard, Func<TStudy, RunWriter, TimeProvider, CheckpointPace, IStudyRun> start) : StudyKind(standard)
    where TStudy : Study
{
    /// <inheritdoc/>
    public override IStudyRun Of(Study study, RunWriter run, TimeProvider time, CheckpointPace pace) => start((TStudy)study, run, time, pace);
}
