namespace Brink.Runs;

/// <summary>How a learned optimizer does on one game of a list.</summary>
/// <param name="Steps">Until it converges, mean over the starting points.</param>
/// <param name="Converged">From every starting point.</param>
public sealed record GameRow(double Steps, bool Converged);
