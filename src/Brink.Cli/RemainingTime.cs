using System.Globalization;
using Brink.Lab;

namespace Brink.Cli;

/// <summary>Notes how long a phase will still take, where no progress is drawn: after its first steps, and again whenever the
/// elapsed time has doubled.</summary>
/// <param name="time">Source of monotonic time.</param>
/// <param name="note">Receives the lines.</param>
internal sealed class RemainingTime(TimeProvider time, Action<string> note)
{
    // Shorter waits need no estimate, and the first steps of a phase are slower than the others.
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(2), FirstNote = TimeSpan.FromSeconds(20);

    private const double FirstSteps = 3;

    private StudyProgress? _start;
    private long _began;
    private TimeSpan _next;

    /// <summary>Receives the progress of a study.</summary>
    public void Put(StudyProgress progress)
    {
        if (_start is null || _start.Phase != progress.Phase || progress.Done < _start.Done)
            (_start, _began, _next) = (progress, time.GetTimestamp(), FirstNote);
        var elapsed = time.GetElapsedTime(_began);
        var done = progress.Done - _start.Done;
        if (progress.Total is not { } total || elapsed < _next || done < FirstSteps) return;
        _next = elapsed * 2;
        var left = elapsed * ((total - progress.Done) / done);
        if (left < Shortest) return;
        note(string.Create(
            CultureInfo.InvariantCulture,
            $"{progress.Unit} {progress.Done:g6} of {total:g6} ({progress.Phase}): about {Words(left)} left"));
    }

    private static string Words(TimeSpan left) => left switch
    {
        { TotalDays: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{left.TotalDays:f1} days"),
        { TotalHours: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{left.TotalHours:f1} hours"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{left.TotalMinutes:f0} minutes"),
    };
}
