namespace Brink.Lab;

/// <summary>Descent until the sharpness reaches 2/eta.</summary>
/// <param name="MaxSteps">Steps after which 2/eta counts as not reached.</param>
/// <param name="SharpnessTolerance">Residual of the sharpness, relative to it.</param>
/// <param name="Precision">In which it is computed.</param>
public sealed record DescentSpec(int MaxSteps, double SharpnessTolerance, DescentPrecision Precision = DescentPrecision.Float32);
