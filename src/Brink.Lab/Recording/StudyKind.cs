using Brink.Runs;

namespace Brink.Lab;

/// <summary>A kind of study: its name, the study that a file of this kind starts from, and how one is run.</summary>
/// <param name="Name">The value of the key 'study' in a file, and of 'kind' in a manifest.</param>
/// <param name="Default">Every value that a file may leave out.</param>
public abstract record StudyKind(string Name, Study Default)
{
    /// <summary>The run of a study of this kind.</summary>
    /// <param name="study">What is done.</param>
    /// <param name="run">Where it is recorded.</param>
    /// <param name="time">Durations are taken from its monotonic clock.</param>
    /// <param name="pace">How often checkpoints are left.</param>
    public abstract IStudyRun Of(Study study, RunWriter run, TimeProvider time, CheckpointPace pace);
}

/// <inheritdoc cref="StudyKind"/>
/// <param name="Standard">The study that a file of this kind starts from.</param>
/// <param name="Start">The run of a study.</param>
public sealed record StudyKind<TStudy>(TStudy Standard, Func<TStudy, RunWriter, TimeProvider, CheckpointPace, IStudyRun> Start)
    : StudyKind(Standard.Kind, Standard)
    where TStudy : Study
{
    /// <inheritdoc/>
    public override IStudyRun Of(Study study, RunWriter run, TimeProvider time, CheckpointPace pace) => Start((TStudy)study, run, time, pace);
}
