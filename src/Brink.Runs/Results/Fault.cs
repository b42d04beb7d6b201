namespace Brink.Runs;

/// <summary>The first value of a run that is not finite.</summary>
/// <param name="Quantity">What was computed.</param>
/// <param name="Step">From the initial parameters.</param>
/// <param name="Parameter">The parameter that the first non-finite entry belongs to; null for a number without entries.</param>
/// <param name="Count">Number of non-finite entries.</param>
public sealed record Fault(string Quantity, long Step, string? Parameter, long Count);
