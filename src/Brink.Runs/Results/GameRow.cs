namespace Brink.Runs;

/// <summary>The result of a learned optimizer on one game of a list.</summary>
/// <param name="Steps">Steps to convergence, mean over the starting points.</param>
/// <param name="Converged">True if the optimizer converges from every starting point.</param>
public sealed record GameRow(double Steps, bool Converged);
