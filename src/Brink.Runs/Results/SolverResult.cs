namespace Brink.Runs;

/// <summary>How one solver did on one game.</summary>
/// <param name="LearningRate">Null for a learned optimizer.</param>
public sealed record SolverResult(string Solver, double? LearningRate, int Steps, bool Converged);
