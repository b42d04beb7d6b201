namespace Brink.Runs;

/// <summary>The result of one solver on one game.</summary>
/// <param name="LearningRate">Learning rate; null for a learned optimizer.</param>
public sealed record SolverResult(string Solver, double? LearningRate, int Steps, bool Converged);
