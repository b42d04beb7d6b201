using Brink.Algebra;
using Brink.Runs;

namespace Brink.Lab;

/// <summary>Writes checkpoints of a run in progress.</summary>
public sealed class Checkpoints(RunWriter run, RunJournal journal, CheckpointPace pace, TimeProvider time)
{
    private long _written = time.GetTimestamp();
    private TimeSpan _cost;

    /// <summary>Writes a checkpoint if one is due.</summary>
    /// <param name="phase">Current part of the run.</param>
    /// <param name="save">Saves the state of the dynamics and the recorders.</param>
    public void WriteIfDue(string phase, Action<Snapshot> save)
    {
        if (pace.IsDue(time.GetElapsedTime(_written), _cost)) Write(phase, save);
    }

    /// <summary>Writes a checkpoint and ends the run if the step at which it stops is reached. A run has no checkpoint at every
    /// step: it then stops at the next one that has.</summary>
    /// <param name="phase">Current part of the run.</param>
    /// <param name="step">Step of the state, from the initial one.</param>
    /// <param name="save">Saves the state of the dynamics and the recorders.</param>
    /// <exception cref="OperationCanceledException">The step is reached.</exception>
    public void StopIfReached(string phase, long step, Action<Snapshot> save)
    {
        if (!(step >= pace.StopAt)) return;
        Write(phase, save);
        throw new OperationCanceledException($"stopped at step {step}");
    }

    /// <summary>Writes a checkpoint at once.</summary>
    /// <inheritdoc cref="WriteIfDue"/>
    public void Write(string phase, Action<Snapshot> save)
    {
        var began = time.GetTimestamp();
        var state = new Snapshot();
        save(state);
        new Checkpoint(phase, state, run.Mark(), journal.Seconds).Write(run.Folder);
        (_written, _cost) = (time.GetTimestamp(), time.GetElapsedTime(began));
    }
}
