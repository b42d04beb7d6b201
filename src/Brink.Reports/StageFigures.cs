using Brink.Runs;

namespace Brink.Reports;

/// <summary>The four stages (progressive sharpening, blow-up, self-stabilization, return) in the model of two
/// variables, with this run's alpha and beta.</summary>
internal static class StageFigures
{
    private const string X = "|x| / δ", Y = "y / (δ√β)";

    public static IReadOnlyList<Figure> Of(RunCurves run)
    {
        var x = Magnitude(run.Series("model", "stages", "x"));
        var y = run.Series("model", "stages", "y");
        var plane = new Figure(
            "stages_plane", "The model and gradient descent in the plane", X, Y, Plane(run));
        var zero = new Level(0, "");
        return
        [
            Whole(run, "stages_x", "The model: displacement", X, x) with { Log = true },
            Whole(run, "stages_y", "The model: excess sharpness", Y, y) with { Level = zero },
            plane with { Level = zero },
        ];
    }

    /// <summary>All steps of the model, which has no long approach.</summary>
    private static Figure Whole(RunCurves run, string name, string title, string label, Curve curve) =>
        run.OverSteps(name, title, label, curve) with
        {
            Steps = curve.X is [var first, .., var last] ? new(first, last) : new(0, 0),
        };

    private static Curve Magnitude(Curve curve) => curve with { Y = [.. curve.Y.Select(Math.Abs)] };

    private static IReadOnlyList<Curve> Plane(RunCurves run) =>
    [
        .. new[]
        {
            Joined("level sets of E", Palette.Pale, run.All("stages", "level")),
            Joined("gradient descent", Palette.Of("gd"), run.All("gd", "phase")),
            Joined("model", Palette.Of("predicted"), run.All("stages", "orbit")),
        }.Where(curve => curve.X.Count > 0),
    ];

    /// <summary>Several curves as one, with a gap between two: one colour and one name in the
    /// legend.</summary>
    private static Curve Joined(string label, string colour, IReadOnlyList<StepCurve> curves)
    {
        CurvePoint[] points =
            [.. curves.SelectMany(curve => curve.Points.Prepend(new(double.NaN, double.NaN))).Skip(1)];
        return new(label, colour, [.. points.Select(point => point.X)], [.. points.Select(point => point.Y)]);
    }
}
