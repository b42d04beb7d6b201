namespace Brink.Lab;

/// <summary>Pace of the checkpoints of a run.</summary>
/// <param name="Every">Least time between two checkpoints; zero: one wherever possible.</param>
/// <param name="Share">Largest share of the run's time for writing them.</param>
public sealed record CheckpointPace(TimeSpan Every, double Share = 0.01)
{
    /// <summary>A crash costs half a minute of work; more for large models, whose checkpoints take longer.</summary>
    public static CheckpointPace Usual { get; } = new(TimeSpan.FromSeconds(30));

    /// <summary>A checkpoint wherever one is possible, whatever it costs.</summary>
    public static CheckpointPace Always { get; } = new(TimeSpan.Zero, 1);

    /// <summary>Step at which a checkpoint is written and the run ends, to continue from there with other settings; null: the run
    /// does not end before its last step.</summary>
    public long? StopAt { get; init; }

    /// <param name="since">Time since the last checkpoint was written.</param>
    /// <param name="cost">Time that writing it took.</param>
    public bool IsDue(TimeSpan since, TimeSpan cost) => since >= Every && since >= cost * ((1 / Share) - 1);
}
