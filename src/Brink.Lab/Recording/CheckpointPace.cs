namespace Brink.Lab;

/// <summary>How often a run leaves a checkpoint.</summary>
/// <param name="Every">Time from one to the next, at least; none at all: wherever there can be one.</param>
/// <param name="Share">Of the run's time, what writing them may take.</param>
public sealed record CheckpointPace(TimeSpan Every, double Share = 0.01)
{
    /// <summary>A crash costs half a minute of work, and large models more, since their checkpoints take longer.</summary>
    public static CheckpointPace Usual { get; } = new(TimeSpan.FromSeconds(30));

    public static CheckpointPace Always { get; } = new(TimeSpan.Zero, 1);

    /// <param name="since">Time since the last one was written.</param>
    /// <param name="cost">What that took.</param>
    public bool IsDue(TimeSpan since, TimeSpan cost) => since >= Every && since >= cost * ((1 / Share) - 1);
}
