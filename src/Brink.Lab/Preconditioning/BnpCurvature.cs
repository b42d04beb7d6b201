using Brink.Algebra;
using Brink.Objectives;
using Brink.Spectra;

namespace Brink.Lab;

/// <summary>Measures the Hessian of the mean cross-entropy over the probe, in float64, in training mode (batch norm with the
/// probe's own statistics); with a preconditioner also P^T H P / q^2.</summary>
internal static class BnpCurvature
{
    // Two probes of 40 products give the largest eigenvalue to a percent and a density to a fraction of a decade.
    private const int Probes = 2, Steps = 40;

    public static (HessianShape Plain, HessianShape? Preconditioned) At(BnpStudy study, BnpData data, BnpVariant variant, BnpMoment moment)
    {
        using var scope = NewDisposeScope();
        using var twin = new BnpNetwork(study.Model, data.Shape, data.Classes, variant, ScalarType.Float64, data.Start, study.Seed);
        var parameters = new ModuleParameters(twin);
        var theta = new ModuleParameters(moment.Network).Theta().to(ScalarType.Float64);
        var loss = parameters.MeanLoss(
            twin.call, EmpiricalLoss.CrossEntropy, data.ProbeInputs, data.ProbeTargets, (int)data.ProbeInputs.shape[0]);
        using var expansion = loss.ExpandAt(theta);
        var H = expansion.Hessian();
        var plain = Shape(H);
        if (moment.Bnp is not { } bnp) return (plain, null);
        using var root = bnp.Root(ScalarType.Float64);
        return (plain, Shape(root.Of(H)));

        HessianShape Shape(SymmetricOperator A) => new(new SpectralDensity(Probes, Steps, study.Seed).Quadrature(A));
    }
}

/// <summary>Figures of the spectrum of one Hessian.</summary>
internal sealed record HessianShape(SpectralQuadrature Quadrature)
{
    // Grid of the density, in decades below the largest eigenvalue.
    private const int Grid = 120;
    private const double Depth = 7, Width = 0.15;

    public double Largest => Quadrature.LargestMagnitude;

    /// <summary>Largest magnitude over the smallest that is not of a null direction.</summary>
    public double ConditionNumber => Quadrature.ConditionNumber(SpectralQuadrature.NullCut);

    /// <summary>Largest over mean magnitude: p / (tr |H| / max |lambda|). Unlike the condition number it does not depend on one
    /// small eigenvalue.</summary>
    public double Spread => Quadrature.Dimension / Quadrature.IntrinsicRank;

    /// <summary>Density of log10 (|lambda| / max |lambda|), per decade.</summary>
    public IEnumerable<(double Decade, double Density)> Density()
    {
        var top = Math.Log10(Largest);
        if (!double.IsFinite(top)) return [];
        double[] grid = [.. Enumerable.Range(0, Grid).Select(i => -Depth + (i * (Depth + 0.5) / (Grid - 1)))];
        double[] shifted = [.. grid.Select(decade => decade + top)];
        var positive = Quadrature.LogDensity(shifted, Width, negative: false);
        var negative = Quadrature.LogDensity(shifted, Width, negative: true);
        return grid.Select((decade, i) => (decade, positive.Mean[i] + negative.Mean[i]));
    }
}
