using Brink.Spectra;

namespace Brink.Lab;

/// <param name="Name">Of the module.</param>
/// <param name="Parameters">Its number of them.</param>
/// <param name="Sharpness">Largest eigenvalue of its diagonal block.</param>
/// <param name="Trace">Of its diagonal block.</param>
/// <param name="DirectionShare">Of the top eigenvector's squared length.</param>
public sealed record LayerShare(string Name, long Parameters, double Sharpness, TraceEstimate Trace, double DirectionShare);
