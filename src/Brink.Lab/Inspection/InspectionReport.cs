using Brink.Monitoring;
using Brink.Objectives;
using Brink.Runs;
using Brink.Spectra;

namespace Brink.Lab;

/// <param name="Parameters">p.</param>
/// <param name="Loss">At the point.</param>
/// <param name="GradientNorm">There.</param>
/// <param name="Top">Largest eigenvalues, the largest first: the first is the sharpness.</param>
/// <param name="Bottom">Smallest, the smallest first.</param>
/// <param name="Converged">Whether all of them met their tolerance.</param>
/// <param name="Trace">Of the Hessian.</param>
/// <param name="Layers">In the order of the parameters.</param>
/// <param name="Quadrature">Density and ranks; null where no density was asked for.</param>
/// <param name="Advice">Largest stable steps.</param>
/// <param name="Products">Hessian products of all this.</param>
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
    public double Sharpness => Top[0].Value;

    /// <summary>What there is to know before the numbers are believed; null where there is nothing.</summary>
    public string? Remark { get; init; }

    /// <summary>How the derivatives agree with the loss; null where that was not checked.</summary>
    public DerivativeVerdict? Check { get; init; }

    /// <summary>2/S of gradient descent; infinite where nothing curves upwards.</summary>
    public double LargestStableStep => Advice[0].LargestStep;

    /// <summary>What this point says of a warm-up.</summary>
    public WarmUp WarmUp => WarmUp.At(LargestStableStep);
}
