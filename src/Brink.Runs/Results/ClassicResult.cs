namespace Brink.Runs;

/// <summary>The result of a classic solver on a list of games.</summary>
public sealed record ClassicResult(string Solver, double LearningRate, double MeanSteps, int Converged);
