namespace Brink.Lab;

/// <summary>Descent until the sharpness reaches 2/eta.</summary>
/// <param name="MaxSteps">Steps after which 2/eta counts as not reached.</param>
/// <param name="SharpnessTolerance">Relative residual tolerance of the sharpness.</param>
/// <param name="Precision">Precision of the descent.</param>
public sealed record DescentSpec(int MaxSteps, double SharpnessTolerance, DescentPrecision Precision = DescentPrecision.Float32);
