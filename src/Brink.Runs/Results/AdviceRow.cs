namespace Brink.Runs;

/// <summary>The largest stable step of one optimizer.</summary>
/// <param name="Method">The optimizer.</param>
/// <param name="LargestStep">NaN where it is not known, infinite where every step is stable.</param>
/// <param name="Reason">The formula behind it, in words.</param>
public sealed record AdviceRow(string Method, double LargestStep, string Reason);
