using Brink.Runs;

namespace Brink.Lab;

/// <summary>A kind of study: its name, the study that a file of this kind starts from, and the way to run it.</summary>
/// <param name="Name">The value of the key 'study' in a file, and of 'kind' in a manifest.</param>
/// <param name="Default">The study that gives every value that a file leaves out.</param>
public abstract record StudyKind(string Name, Study Default)
{
    /// <summary>Returns the run of a study of this kind.</summary>
    /// <param name="study">Study to run.</param>
    /// <param name="run">Writer of the run.</param>
    /// <param name="time">Source of monotonic time.</param>
    /// <param name="pace">Pace of the checkpoints.</param>
    public abstract IStudyRun Of(Study study, RunWriter run, TimeProvider time, CheckpointPace pace);
}

/// <inheritdoc cref="StudyKind"/>
/// <param name="Standard">The study that a file of this kind starts from.</param>
/// <param name="Start">Returns the run of a study.</param>
public sealed record StudyKind<TStudy>(TStudy Standard, Func<TStudy, RunWriter, TimeProvider, CheckpointPace, IStudyRun> Start)
    : StudyKind(Standard.Kind, Standard)
    where TStudy : Study
{
    /// <inheritdoc/>
    public override IStudyRun Of(Study study, RunWriter run, TimeProvider time, CheckpointPace pace) => Start((TStudy)study, run, time, pace);
}
