namespace Brink.Runs;

/// <summary>An estimated trace.</summary>
/// <param name="Value">The estimate.</param>
/// <param name="StandardError">Zero where the trace is exact.</param>
/// <param name="Products">Matrix products that it took.</param>
public sealed record TraceRow(double Value, double StandardError, int Products);
