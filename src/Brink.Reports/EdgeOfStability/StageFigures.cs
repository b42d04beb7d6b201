using Brink.Runs;

namespace Brink.Reports;

/// <summary>Figures of the four stages (progressive sharpening, blow-up, self-stabilization, return) in the model of two
/// variables, with this run's alpha and beta.</summary>
internal static class StageFigures
{
    private const string X = "|x| / δ", Y = "y / (δ√β)";

    /// <summary>The panels of the four stages.</summary>
    public static FigureGroup Group { get; } = new("stages", ["stages_x", "stages_y", "stages_plane"]);

    public static Chapter Chapter(RunCurves run) => new("The four stages", Of(run));

    private static IReadOnlyList<Figure> Of(RunCurves run)
    {
        var x = Magnitude(run.Series("model", EdgeSchema.StageX, Palette.Nth(5)));
        var y = run.Series("model", EdgeSchema.StageY, Palette.Nth(5));
        var plane = new Figure(
            "stages_plane", "The model and gradient descent in the plane", X, Y, Plane(run));
        var zero = new Level(0, "");
        return
        [
            Figure.Whole("stages_x", "The model: displacement", X, x) with { Log = true },
            Figure.Whole("stages_y", "The model: excess sharpness", Y, y) with { Level = zero },
            plane with { Level = zero },
        ];
    }

    private static Curve Magnitude(Curve curve) => curve with { Y = [.. curve.Y.Select(Math.Abs)] };

    private static IReadOnlyList<Curve> Plane(RunCurves run) =>
    [
        .. new[]
        {
            Joined("level sets of E", Palette.Pale, run.Run.Curves(EdgeSchema.Level)),
            Joined("gradient descent", Palette.Nth(0), run.Run.Curves(EdgeSchema.Phase)),
            Joined("model", Palette.Nth(3), run.Run.Curves(EdgeSchema.Orbit)),
        }.Where(curve => curve.X.Count > 0),
    ];

    /// <summary>Joins several curves to one, with a gap between two: one colour and one entry in the legend.</summary>
    private static Curve Joined(string label, string colour, IReadOnlyList<StepCurve> curves)
    {
        CurvePoint[] points =
            [.. curves.SelectMany(curve => curve.Points.Prepend(new(double.NaN, double.NaN))).Skip(1)];
        return new(label, colour, [.. points.Select(point => point.X)], [.. points.Select(point => point.Y)]);
    }
}
