namespace Brink.Runs;

/// <summary>The result of a solver that trains a GAN, over the seeds.</summary>
/// <param name="Modes">Number of the modes that are covered, mean over the seeds.</param>
/// <param name="Quality">Share of samples near a mode, mean over the seeds.</param>
/// <param name="EachSeed">Number of modes covered by each seed.</param>
/// <param name="QualitySpread">Standard deviation of the share over the seeds.</param>
/// <param name="Mmd2">Squared maximum mean discrepancy from the data, mean over the seeds.</param>
/// <param name="Diverged">Number of seeds whose samples are not finite.</param>
public sealed record GanResult(
    string Solver,
    double Modes,
    double Quality,
    IReadOnlyList<int> EachSeed,
    double? QualitySpread = null,
    double? Mmd2 = null,
    int? Diverged = null);
