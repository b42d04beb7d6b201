namespace Brink.Runs;

/// <summary>The first value of a run that is not finite.</summary>
/// <param name="Quantity">The computed quantity.</param>
/// <param name="Step">Step number, counted from the initial parameters.</param>
/// <param name="Parameter">The parameter that contains the first non-finite entry; null for a number without entries.</param>
/// <param name="Count">Number of non-finite entries.</param>
public sealed record Fault(string Quantity, long Step, string? Parameter, long Count);
