using Brink.Spectra;

namespace Brink.Lab;

/// <param name="Name">Name of the module.</param>
/// <param name="Parameters">Number of its parameters.</param>
/// <param name="Sharpness">Largest eigenvalue of its diagonal block.</param>
/// <param name="Trace">Trace of its diagonal block.</param>
/// <param name="DirectionShare">Share of the top eigenvector's squared length.</param>
public sealed record LayerShare(string Name, long Parameters, double Sharpness, TraceEstimate Trace, double DirectionShare);
