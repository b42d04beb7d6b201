namespace Brink.Runs;

/// <summary>Where a descent or the flow ended, by its last evaluation.</summary>
/// <param name="Process">As in the run store.</param>
public sealed record SpeedResult(string Process)
{
    public long? Step { get; init; }

    /// <summary>Sum of the steps until then.</summary>
    public double? Time { get; init; }

    public double? TrainLoss { get; init; }

    public double? TestLoss { get; init; }

    public double? TrainAccuracy { get; init; }

    public double? TestAccuracy { get; init; }

    public double? Sharpness { get; init; }

    /// <summary>Whether it left the finite numbers afterwards.</summary>
    public bool Diverged { get; init; }
}
