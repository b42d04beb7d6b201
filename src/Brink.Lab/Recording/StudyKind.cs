using Brink.Runs;

namespace Brink.Lab;

/// <summary>A kind of study: its name, the study that a file of this kind starts from, and the class that runs it.</summary>
/// <param name="standard">Default values for the keys that a file leaves out.</param>
public abstract class StudyKind(Study standard)
{
    /// <summary>The value of the key 'study' in a file, and of 'kind' in a manifest.</summary>
    public string Name => standard.Kind;

    /// <summary>The study that a file of this kind starts from.</summary>
    public Study Default => standard;

    /// <summary>Returns the step of a checkpoint, from the initial state; null for a kind without a single sequence of
    /// steps.</summary>
    public Func<Checkpoint, long>? StepOf { get; init; }

    /// <summary>Prepares the run of a study of this kind.</summary>
    /// <param name="study">Study to run.</param>
    /// <param name="run">Writer of the run.</param>
    /// <param name="time">Source of monotonic time.</param>
    /// <param name="pace">Pace of the checkpoints.</param>
    public abstract IStudyRun Of(Study study, RunWriter run, TimeProvider time, CheckpointPace pace);
}

/// <inheritdoc/>
/// <param name="start">Prepares the run of a study.</param>
public sealed class StudyKind<TStudy>(TStudy standard, Func<TStudy, RunWriter, TimeProvider, CheckpointPace, IStudyRun> start)
    : StudyKind(standard)
    where TStudy : Study
{
    /// <inheritdoc/>
    public override IStudyRun Of(Study study, RunWriter run, TimeProvider time, CheckpointPace pace) =>
        start((TStudy)study, run, time, pace);
}
