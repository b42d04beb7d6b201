using System.Globalization;

namespace Brink.Steering;

/// <summary>A step that was undone.</summary>
/// <param name="Step">Number of the step, from 1.</param>
/// <param name="Loss">Loss after the step; NaN if it was not a number.</param>
/// <param name="Before">Loss before it.</param>
/// <param name="Threshold">Largest loss that the policy would have accepted.</param>
/// <param name="Multiple">Multiple of the optimizer's rate that the step was made at.</param>
/// <param name="Next">Multiple that it is repeated at.</param>
public sealed record SteeringEvent(long Step, double Loss, double Before, double Threshold, double Multiple, double Next)
{
    /// <summary>What was measured at the event; null without a probe.</summary>
    public SteeringDiagnosis? Diagnosis { get; init; }

    /// <summary>The bursts so far, with the earlier forecasts of them; null without a probe, and for small batches.</summary>
    public BurstHistory? Bursts { get; init; }

    /// <summary>What happened and why, in one to three sentences.</summary>
    public string Reason => string.Create(
        CultureInfo.InvariantCulture,
        $"step {Step}: the loss rose from {Before:g4} to {Loss:g4}, above {Threshold:g4}; the step is undone and repeated at"
            + $" {Next:g3} of the rate{(Diagnosis is { } found ? ". " + found.Sentence : "")}"
            + $"{(Diagnosis?.Forecast is { } forecast && Bursts is { } bursts ? ". " + forecast.Sentence(bursts) : "")}");
}
