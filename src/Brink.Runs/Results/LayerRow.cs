namespace Brink.Runs;

/// <summary>The share of one layer in the spectrum of the Hessian.</summary>
/// <param name="Name">Name of the module.</param>
/// <param name="Parameters">Number of its parameters.</param>
/// <param name="Sharpness">Largest eigenvalue of its diagonal block.</param>
/// <param name="Trace">Trace of its diagonal block.</param>
/// <param name="DirectionShare">Share of the squared length of the top eigenvector.</param>
public sealed record LayerRow(string Name, long Parameters, double Sharpness, TraceRow Trace, double DirectionShare);
