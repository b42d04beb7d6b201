namespace Brink.Lab;

/// <summary>The tracked phase in float64.</summary>
/// <param name="Steps">From the point of instability.</param>
/// <param name="ConstraintTolerance">Of both constraints of the constrained trajectory, relative.</param>
/// <param name="EigenvectorTolerance">Residual of u on the constrained trajectory, relative to S.</param>
/// <param name="SharpnessTolerance">Residual of the other sharpnesses; the error of the value is about its
/// square.</param>
/// <param name="FlowTolerance">Error of a substep of gradient flow, relative to ||theta||.</param>
/// <param name="SharpnessEvery">Steps between two measurements of the sharpness of descent, flow and predictions; that of the
/// constrained trajectory is known at every step.</param>
/// <param name="TheoryEvery">Steps between two measurements of what the theory rests on: its assumptions, F(x), beta of s to
/// t.</param>
/// <param name="NormalsEvery">Steps between two measurements of the normals of the stable set along which the constrained
/// trajectory is projected; 1: at every linear projection, as in the authors' code.</param>
/// <param name="Predictions">Which predictions are followed.</param>
public sealed record TrackingSpec(
    int Steps,
    double ConstraintTolerance,
    double EigenvectorTolerance,
    double SharpnessTolerance,
    double FlowTolerance,
    int SharpnessEvery,
    int TheoryEvery,
    int NormalsEvery = 1,
    PredictionSet Predictions = PredictionSet.Paper);
