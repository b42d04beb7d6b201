namespace Brink.Lab;

/// <summary>The tracked phase in float64.</summary>
/// <param name="Steps">Steps from the point of instability.</param>
/// <param name="ConstraintTolerance">Relative tolerance of both constraints of the constrained trajectory.</param>
/// <param name="EigenvectorTolerance">Residual tolerance of u on the constrained trajectory, relative to S.</param>
/// <param name="SharpnessTolerance">Residual tolerance of the other sharpnesses; the error of the value is about its
/// square.</param>
/// <param name="FlowTolerance">Error tolerance of a substep of gradient flow, relative to ||theta||.</param>
/// <param name="SharpnessEvery">Steps between two measurements of the sharpness of descent, flow and predictions; that of the
/// constrained trajectory is known at every step.</param>
/// <param name="TheoryEvery">Steps between two measurements behind the theory: its assumptions, F(x), beta of s to t.</param>
/// <param name="NormalsEvery">Steps between two measurements of the normals of the stable set along which the constrained
/// trajectory is projected; 1: at every linear projection, as in the authors' code.</param>
/// <param name="Predictions">Predictions to follow.</param>
/// <param name="Eigenvalues">Number of the largest eigenvalues to record along gradient descent and the constrained trajectory,
/// every <paramref name="SharpnessEvery"/> steps; each beyond the first costs one or two Hessian products at each of
/// them.</param>
/// <param name="Precision">Precision of the Hessian products and third derivatives.</param>
public sealed record TrackingSpec(
    int Steps,
    double ConstraintTolerance,
    double EigenvectorTolerance,
    double SharpnessTolerance,
    double FlowTolerance,
    int SharpnessEvery,
    int TheoryEvery,
    int NormalsEvery = 1,
    PredictionSet Predictions = PredictionSet.Paper,
    int Eigenvalues = 1,
    TrackingPrecision Precision = TrackingPrecision.Auto);
