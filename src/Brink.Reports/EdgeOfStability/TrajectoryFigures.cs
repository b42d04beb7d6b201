using Brink.Runs;

namespace Brink.Reports;

/// <summary>Figures of measurements at some steps of the constrained trajectory: the loss along u, and the decay of a
/// push of the cubic term.</summary>
internal static class TrajectoryFigures
{
    /// <summary>Points of the parabola, enough to look smooth.</summary>
    private const int ParabolaPoints = 101;

    public static IReadOnlyList<Figure> Of(RunCurves run) => [CrossSection(run), Beta(run)];

    /// <summary>Compares F(x) - F(0) with x²/eta, which it would be if the loss were quadratic along u, with sharpness
    /// 2/eta.</summary>
    private static Figure CrossSection(RunCurves run)
    {
        // F(0) is the loss of the constrained trajectory itself.
        var loss = run.Series("", new(EdgeSchema.Constrained, EdgeSchema.Loss), Palette.Ink);
        var at = loss.X.Zip(loss.Y).ToDictionary(point => point.First, point => point.Second);
        var sections = Curves(
            run.Chosen(EdgeSchema.CrossSection),
            section => $"step {section.Step}",
            (section, point) => point.Y - at.GetValueOrDefault(section.Step, double.NaN));
        return new(
            "cross_section",
            "Loss along u, above the constrained trajectory",
            "x along u",
            "F(x) − F(0)",
            sections is [] || run.Manifest.Get(RunSchema.Threshold) is not { } threshold
                ? sections
                : [.. sections, Parabola(sections, threshold / 2)]);
    }

    private static Curve Parabola(IReadOnlyList<Curve> sections, double curvature)
    {
        var least = sections.Min(section => section.X.Min());
        var most = sections.Max(section => section.X.Max());
        double[] x =
        [
            .. Enumerable.Range(0, ParabolaPoints)
                .Select(i => least + ((most - least) * i / (ParabolaPoints - 1))),
        ];
        return new("x²/η", Palette.Ink, x, [.. x.Select(x => curvature * x * x)]) { Dash = Dash.Dashed };
    }

    /// <summary>Plots the part of a push at s that remains at t, as a share of its size at s.</summary>
    private static Figure Beta(RunCurves run) => new(
        "beta",
        "Share of a push at s that remains at t",
        "t − s",
        "β(s→t) / β(s→s)",
        Curves(
            run.Chosen(EdgeSchema.BetaFrom),
            beta => $"s = {beta.Step}",
            (beta, point) => point.Y / beta.Points[0].Y))
    {
        Level = new(0, ""),
    };

    private static IReadOnlyList<Curve> Curves(
        IReadOnlyList<StepCurve> curves,
        Func<StepCurve, string> label,
        Func<StepCurve, CurvePoint, double> value) =>
    [
        .. curves.Select((curve, i) => new Curve(
            label(curve),
            Palette.Sequential(i, curves.Count),
            [.. curve.Points.Select(point => point.X)],
            [.. curve.Points.Select(point => value(curve, point))])),
    ];
}
