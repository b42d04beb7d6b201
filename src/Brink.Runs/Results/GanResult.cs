namespace Brink.Runs;

/// <summary>The result of a solver that trains a GAN, over the seeds.</summary>
/// <param name="Modes">Number of the 16 modes that are covered, mean over the seeds.</param>
/// <param name="Quality">Share of samples near a mode, mean over the seeds.</param>
/// <param name="EachSeed">Number of modes covered by each seed.</param>
public sealed record GanResult(string Solver, double Modes, double Quality, IReadOnlyList<int> EachSeed);
