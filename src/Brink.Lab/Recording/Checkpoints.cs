using Brink.Algebra;
using Brink.Runs;

namespace Brink.Lab;

/// <summary>Leaves checkpoints of a run while it goes on.</summary>
public sealed class Checkpoints(RunWriter run, RunJournal journal, CheckpointPace pace, TimeProvider time)
{
    private long _written = time.GetTimestamp();
    private TimeSpan _cost;

    /// <summary>Leaves one where it is time for it.</summary>
    /// <param name="phase">Which part of the run this is.</param>
    /// <param name="save">Saves what moves and measures there.</param>
    public void Offer(string phase, Action<Snapshot> save)
    {
        if (pace.IsDue(time.GetElapsedTime(_written), _cost)) Leave(phase, save);
    }

    /// <inheritdoc cref="Offer"/>
    public void Leave(string phase, Action<Snapshot> save)
    {
        var began = time.GetTimestamp();
        var state = new Snapshot();
        save(state);
        new Checkpoint(phase, state, run.Mark(), journal.Seconds).Write(run.Folder);
        (_written, _cost) = (time.GetTimestamp(), time.GetElapsedTime(began));
    }
}
