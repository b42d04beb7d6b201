using Brink.Runs;

namespace Brink.Lab;

/// <summary>Runs an escape study and records it.</summary>
internal sealed class EscapeRun : IStudyRun
{
    public static readonly StudyKind Kind = new StudyKind<EscapeStudy>(
        EscapeStudy.Default, (study, run, time, pace) => new EscapeRun(study, run, time, pace));

    private readonly EscapeStudy _study;
    private readonly RunWriter _run;
    private readonly RunJournal _journal;
    private readonly Checkpoints _checkpoints;

    /// <param name="study">Study to run.</param>
    /// <param name="run">Writer of the run.</param>
    /// <param name="time">Source of monotonic time.</param>
    /// <param name="pace">Pace of the checkpoints.</param>
    public EscapeRun(EscapeStudy study, RunWriter run, TimeProvider time, CheckpointPace? pace = null)
    {
        (_study, _run, _journal) = (study, run, new(run, time));
        _checkpoints = new(run, _journal, pace ?? CheckpointPace.Usual, time);
    }

    /// <inheritdoc/>
    public RunSummary Run(string name, Action<StudyProgress>? progress, CancellationToken cancellation)
    {
        _journal.Begin(name, _study);
        return CountAndRecord([], progress, cancellation);
    }

    /// <inheritdoc/>
    public RunSummary Resume(Checkpoint from, Action<StudyProgress>? progress, CancellationToken cancellation)
    {
        _journal.Resume(from.Seconds);
        return CountAndRecord([.. from.State.Numbers("counts")], progress, cancellation);
    }

    private RunSummary CountAndRecord(
        List<double> counts, Action<StudyProgress>? progress, CancellationToken cancellation)
    {
        var report = _study.Run(progress, counts, () => _checkpoints.WriteIfDue(_study.Kind, to => to.Set("counts", counts)), cancellation);
        // Before the report is written: a resumed run writes the complete report once.
        if (report.Interrupted) _checkpoints.Write(_study.Kind, to => to.Set("counts", counts));
        EscapeRecord.Write(_run, _study, report);
        return report.Interrupted
            ? _journal.End(RunStatus.Interrupted, $"interrupted after {report.Runs} runs")
            : _journal.End(RunStatus.Completed, $"{report.Runs} runs");
    }
}
