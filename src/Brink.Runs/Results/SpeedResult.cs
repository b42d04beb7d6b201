namespace Brink.Runs;

/// <summary>The last evaluation of a descent or of the flow.</summary>
/// <param name="Process">The process name in the run store.</param>
public sealed record SpeedResult(string Process)
{
    /// <summary>Step of that evaluation; null, like the other numbers, if there was none.</summary>
    public long? Step { get; init; }

    /// <summary>Sum of the steps up to that evaluation.</summary>
    public double? Time { get; init; }

    /// <summary>Training loss without weight decay.</summary>
    public double? TrainLoss { get; init; }

    /// <summary>Test loss without weight decay.</summary>
    public double? TestLoss { get; init; }

    /// <summary>Share of the training samples that are classified correctly, from 0 to 1.</summary>
    public double? TrainAccuracy { get; init; }

    /// <summary>Share of the test samples that are classified correctly, from 0 to 1.</summary>
    public double? TestAccuracy { get; init; }

    /// <summary>Sharpness over the first training samples.</summary>
    public double? Sharpness { get; init; }

    /// <summary>True if the process diverged afterwards.</summary>
    public bool Diverged { get; init; }
}
