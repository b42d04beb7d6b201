namespace Brink.Runs;

/// <summary>The largest stable step of one optimizer.</summary>
/// <param name="Method">The optimizer.</param>
/// <param name="LargestStep">Largest stable step; NaN if it is not known, infinite if every step is stable.</param>
/// <param name="Reason">The formula for the step, in words.</param>
public sealed record AdviceRow(string Method, double LargestStep, string Reason);
