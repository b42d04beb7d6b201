namespace Brink.Runs;

/// <summary>How a classic solver does on a list of games.</summary>
public sealed record ClassicResult(string Solver, double LearningRate, double MeanSteps, int Converged);
