namespace Brink.Runs;

/// <summary>An estimated trace.</summary>
/// <param name="Value">The estimate.</param>
/// <param name="StandardError">Standard error; zero if the trace is exact.</param>
/// <param name="Products">Number of matrix products of the estimate.</param>
public sealed record TraceRow(double Value, double StandardError, int Products);
