namespace Brink.Objectives;

/// <summary>A function of a few numbers, its gradient and its Hessian products, written out.</summary>
/// <param name="Dimension">The dimension p.</param>
/// <param name="Value">Maps x [p] to f(x).</param>
/// <param name="Gradient">Maps x [p] to grad f [p].</param>
/// <param name="HessianTimes">Maps x [p] and v [p] to H v [p].</param>
public sealed record ClosedForm(
    int Dimension,
    Func<double[], double> Value,
    Func<double[], double[]> Gradient,
    Func<double[], double[], double[]> HessianTimes);
