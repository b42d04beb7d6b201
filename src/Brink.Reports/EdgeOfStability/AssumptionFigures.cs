using Brink.Runs;

namespace Brink.Reports;

/// <summary>Figures of how well a run meets the assumptions of the theory (Damian et al. 2023, section 4): dimensionless
/// ratios; an assumption is met where its ratio is small.</summary>
internal static class AssumptionFigures
{
    public static IReadOnlyList<Figure> Of(EdgeCurves edge)
    {
        var run = edge.Run;
        var ratios = new[]
        {
            run.Series("Hessian along v: |v·Hv| / S", EdgeSchema.HessianV, Palette.Nth(0)),
            run.Series("Hessian along g: |g·Hg| / S", EdgeSchema.HessianGradient, Palette.Nth(1)),
            run.Series("third derivative along v: ‖D³L(v,v)‖ / ρ₃", EdgeSchema.ThirdV, Palette.Nth(3)),
            run.Series("third derivative along g: ‖D³L(g,g)‖ / ρ₃", EdgeSchema.ThirdGradient, Palette.Nth(4)),
        };
        // Every run has gamma, which alone says nothing about the other ratios.
        var gamma = run.Series("γ, which need not be small", EdgeSchema.Gamma, Palette.Nth(2));
        var measured = ratios.Any(ratio => ratio.X.Count > 0);
        var assumptions = edge.OverSteps(
            "assumptions", "Ratios that the theory assumes to be small (v and g of length 1)", "ratio",
            measured ? [.. ratios, gamma] : []);
        var smoothness = edge.OverSteps(
            "smoothness", "Norms of the third and fourth derivatives", "norm",
            run.Series("ρ₃", EdgeSchema.Rho3, Palette.Nth(0)),
            run.Series("ρ₄", EdgeSchema.Rho4, Palette.Nth(3)));
        return [assumptions with { Log = true }, smoothness with { Log = true }];
    }
}
