using Brink.Monitoring;
using Brink.Objectives;
using Brink.Runs;
using Brink.Spectra;

namespace Brink.Lab;

/// <param name="Parameters">Number of parameters p.</param>
/// <param name="Loss">Loss at the point.</param>
/// <param name="GradientNorm">Gradient norm at the point.</param>
/// <param name="Top">Largest eigenvalues, the largest first: the first is the sharpness.</param>
/// <param name="Bottom">Smallest eigenvalues, the smallest first.</param>
/// <param name="Converged">True where all eigenvalues met their tolerance.</param>
/// <param name="Trace">Trace of the Hessian.</param>
/// <param name="Layers">Layers in the order of the parameters.</param>
/// <param name="Quadrature">Density and ranks; null where no density was requested.</param>
/// <param name="Advice">Largest stable steps.</param>
/// <param name="Products">Number of all Hessian products.</param>
public sealed record InspectionReport(
    long Parameters,
    double Loss,
    double GradientNorm,
    IReadOnlyList<EigenvalueBound> Top,
    IReadOnlyList<EigenvalueBound> Bottom,
    bool Converged,
    TraceEstimate Trace,
    IReadOnlyList<LayerShare> Layers,
    SpectralQuadrature? Quadrature,
    IReadOnlyList<StepAdvice> Advice,
    int Products)
{
    /// <summary>Sharpness S: the largest eigenvalue of the Hessian.</summary>
    public double Sharpness => Top[0].Value;

    /// <summary>Warnings about the numbers, or null.</summary>
    public string? Remark { get; init; }

    /// <summary>Agreement of the derivatives with the loss; null where it was not checked.</summary>
    public DerivativeVerdict? Check { get; init; }

    /// <summary>2/S of gradient descent; infinite where no curvature is positive.</summary>
    public double LargestStableStep => Advice[0].LargestStep;

    /// <summary>Advice on a warm-up at this point.</summary>
    public WarmUp WarmUp => WarmUp.At(LargestStableStep);
}
