namespace Brink.Runs;

/// <summary>The last evaluation of a descent or of the flow.</summary>
/// <param name="Process">The process name in the run store.</param>
public sealed record SpeedResult(string Process)
{
    public long? Step { get; init; }

    /// <summary>Sum of the steps up to that evaluation.</summary>
    public double? Time { get; init; }

    public double? TrainLoss { get; init; }

    public double? TestLoss { get; init; }

    public double? TrainAccuracy { get; init; }

    public double? TestAccuracy { get; init; }

    public double? Sharpness { get; init; }

    /// <summary>True if the process diverged afterwards.</summary>
    public bool Diverged { get; init; }
}
