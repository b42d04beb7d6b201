namespace Brink.Runs;

/// <summary>How a solver does at training a GAN, over the seeds.</summary>
/// <param name="Modes">Of 16 covered, mean over the seeds.</param>
/// <param name="Quality">Share of samples near a mode, mean over the seeds.</param>
/// <param name="EachSeed">Modes of each seed.</param>
public sealed record GanResult(string Solver, double Modes, double Quality, IReadOnlyList<int> EachSeed);
