using Brink.Runs;

namespace Brink.Lab;

/// <summary>A study that is run and recorded. The run store is complete when a method returns, its status included.</summary>
public interface IStudyRun
{
    /// <summary>Runs the study from its beginning to its end, whatever the outcome.</summary>
    /// <param name="name">The name of the run.</param>
    /// <param name="progress">Receives the progress.</param>
    /// <param name="cancellation">Ends the run; all completed steps are saved, and the status is interrupted.</param>
    /// <exception cref="ExperimentException">The data are not available; the status is failed.</exception>
    RunSummary Run(string name, Action<StudyProgress>? progress, CancellationToken cancellation);

    /// <summary>Resumes a run from a checkpoint to which the store was rolled back, bit for bit.</summary>
    /// <inheritdoc cref="Run"/>
    RunSummary Resume(Checkpoint from, Action<StudyProgress>? progress, CancellationToken cancellation);
}
