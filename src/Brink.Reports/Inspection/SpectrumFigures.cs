using Brink.Runs;

namespace Brink.Reports;

/// <summary>Figures of the Hessian spectrum that <c>brink inspect</c> computed.</summary>
internal static class SpectrumFigures
{
    private const double Floor = 1e-6;

    public static IReadOnlyList<Figure> Of(RunCurves run) =>
    [
        new Figure(
            "density",
            "Spectral density",
            "eigenvalue",
            "density",
            AboveFloor(Band(run, InspectionSchema.Density, "density", Palette.Nth(0))))
        {
            Log = true,
        },
        new Figure(
            "log_density",
            "Density over orders of magnitude",
            "log₁₀ |eigenvalue|",
            "density per decade",
            [
                .. Band(run, InspectionSchema.Positive, "positive eigenvalues", Palette.Nth(0)),
                .. Band(run, InspectionSchema.Negative, "negative eigenvalues", Palette.Nth(3)),
            ]),
        new Figure(
            "extremes",
            "Largest and smallest eigenvalues",
            "number, counted from the end of the spectrum",
            "eigenvalue",
            [
                .. run.Alike("largest", InspectionSchema.TopCurve, Palette.Nth(0)).Select(curve => curve with { Marked = true }),
                .. run.Alike("smallest", InspectionSchema.BottomCurve, Palette.Nth(3)).Select(curve => curve with { Marked = true }),
            ]),
    ];

    /// <summary>Replaces values near zero by gaps: between eigenvalues the density falls to zero, which a logarithmic axis
    /// cannot show.</summary>
    private static IReadOnlyList<Curve> AboveFloor(IReadOnlyList<Curve> curves)
    {
        if (curves.Count == 0) return curves;
        var floor = curves[0].Y.Max() * Floor;
        return [.. curves.Select(curve => curve with { Y = [.. curve.Y.Select(y => y > floor ? y : double.NaN)] })];
    }

    /// <summary>Returns the mean over the probes, and the lines of minus and plus one standard error.</summary>
    private static IReadOnlyList<Curve> Band(RunCurves run, string name, string label, string colour)
    {
        return
        [
            .. Alike(label, name, colour),
            .. Alike("− standard error", InspectionSchema.Lower(name), Palette.Pale).Select(curve => curve with { Dash = Dash.Dashed }),
            .. Alike("+ standard error", InspectionSchema.Upper(name), Palette.Pale).Select(curve => curve with { Dash = Dash.Dashed }),
        ];

        IReadOnlyList<Curve> Alike(string label, string name, string colour) =>
            run.Alike(label, new(InspectionSchema.Spectrum, name), colour);
    }
}
