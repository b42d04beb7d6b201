using System.Globalization;
using Brink.Runs;

namespace Brink.Reports;

/// <summary>Figures of a landscape in closed form: descent on it, and the reasons for its end point.</summary>
internal static class LandscapeFigures
{
    private const string Kappa = "κ = η S / 2 of the minimum", D = "d = xy";

    public static IReadOnlyList<Figure> Of(RunCurves curves)
    {
        var run = curves.Run;
        return
        [
            Figure.Whole(
                "descent_sharpness", "Sharpness", "sharpness",
                curves.Series("gradient descent", LandscapeSchema.Sharpness, Palette.Nth(0))) with
            {
                Level = curves.Edge,
            },
            Figure.Whole("descent_loss", "Loss", "loss", curves.Series("gradient descent", LandscapeSchema.Loss, Palette.Nth(0))) with
            {
                Log = true,
            },
            Figure.Whole(
                "descent_d", "The product d", D,
                curves.Series("gradient descent", LandscapeSchema.D, Palette.Nth(0)) with { Dots = true }) with
            {
                Level = new(1, "minimum"),
            },
            new Figure(
                "path", "Path on the landscape", "first variable", "second variable",
                curves.Alike("gradient descent", LandscapeSchema.Path, Palette.Nth(3)))
            {
                Map = Map(run, LandscapeSchema.Plane, curves.Manifest.Get(LandscapeSchema.PlaneQuantity) ?? "loss"),
            },
            new Figure(
                "bifurcation", "Late iterates of d for fixed c, and gradient descent", Kappa, D,
                [
                    .. Dots(curves, LandscapeSchema.Oscillation, "a network, projected", Palette.Nth(4)),
                    .. Dots(curves, LandscapeSchema.Drift, "gradient descent", Palette.Nth(3)),
                ])
            {
                Map = Map(run, LandscapeSchema.Density, "log₁₀ late iterates in a cell"),
            },
            new Figure(
                "lyapunov", "Lyapunov exponent", Kappa, "mean ln |f′|",
                curves.Alike("exponent", LandscapeSchema.Exponent, Palette.Nth(0)))
            {
                Level = new(0, ""),
            },
            new Figure(
                "period", "Period of the cycle", Kappa, "period",
                Dots(curves, LandscapeSchema.CyclePeriod, "up to 64", Palette.Nth(0)))
            {
                Log = true,
            },
            new Figure("convergence", "Steps to a stable minimum", "κ of the start", "d of the start", [])
            {
                Map = Map(run, LandscapeSchema.Steps, "log₁₀ steps; blank: not reached"),
            },
            new Figure("final_kappa", "Final sharpness", "κ of the start", "d of the start", [])
            {
                Map = Map(run, LandscapeSchema.FinalKappa, "η S / 2 at the end; blank: no minimum"),
            },
            new Figure("law", "Gap of the final sharpness by learning rate", "η", "(2/η − S) / η", Law(curves))
            {
                Level = new(0.5, "1/2"),
            },
            new Figure("by_start", "Final sharpness by start", "κ of the start", "η S / 2 at the end", ByStart(curves))
            {
                Level = new(1, "edge"),
            },
            new Figure(
                "network", "The oscillation of a network", "η S / 2 at the midpoint", "displacement, scaled to d",
                Dots(curves, LandscapeSchema.Oscillation, "along the top eigenvector", Palette.Nth(4)))
            {
                Level = new(1, ""),
            },
            Figure.Whole(
                "network_kappa", "Sharpness of the network", "η S / 2",
                curves.Series("network", LandscapeSchema.NetworkKappa, Palette.Nth(4))) with
            {
                Level = new(1, "edge"),
            },
            new Figure(
                "cycle_period", "Period of a cycle by its size", "largest Y / (δ√β)", "period / (2π / (η√(2α)))",
                curves.Alike("closed orbit", LandscapeSchema.OrbitPeriod, Palette.Nth(0))),
            Figure.Whole(
                "energy", "The conserved quantity along the recurrence", "E",
                curves.Series("E", LandscapeSchema.Energy, Palette.Nth(0))),
        ];
    }

    private static HeatMap? Map(RunReader run, SeriesKey key, string label) => run.Raster(key) is { } raster ? new(raster, label) : null;

    private static IReadOnlyList<Curve> Dots(RunCurves run, SeriesKey key, string label, string colour) =>
        [.. run.Alike(label, key, colour).Select(curve => curve with { Dots = true })];

    private static IReadOnlyList<Curve> Law(RunCurves run) =>
    [
        .. run.Run.Curves(LandscapeSchema.LawGap).Select((curve, i) => Curve.Through($"start {i + 1}", Palette.Nth(i), curve.Points) with
        {
            Dots = true,
            Marked = true,
        }),
        .. run.Alike("fit over η²", LandscapeSchema.LawLine, Palette.Ink).Select(curve => curve with { Dash = Dash.Dashed }),
    ];

    private static IReadOnlyList<Curve> ByStart(RunCurves run) =>
    [
        .. run.Run.Curves(LandscapeSchema.FinalKappaByStart).Select((curve, i) => Curve.Through(
            string.Create(CultureInfo.InvariantCulture, $"{2 * curve.Step} scalars"), Palette.Nth(i), curve.Points)),
    ];
}
