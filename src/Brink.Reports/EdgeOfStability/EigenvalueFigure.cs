using Brink.Runs;

namespace Brink.Reports;

/// <summary>The figure of the largest eigenvalues along the constrained trajectory and, where they were recorded, gradient
/// descent: a colour for each eigenvalue, gradient descent dashed.</summary>
internal static class EigenvalueFigure
{
    public static Figure Of(EdgeCurves edge)
    {
        var run = edge.Run;
        var ofDescent = run.Numbers(EdgeSchema.EigenvalueSeries, EdgeSchema.Descent);
        var figure = edge.OverSteps(
            "eigenvalues",
            ofDescent.Count > 0 ? "Largest eigenvalues" : "Largest eigenvalues on the constrained trajectory",
            "eigenvalue",
            [
                run.Series("largest", new(EdgeSchema.Constrained, EdgeSchema.Sharpness), Colour(edge, 1)),
                .. run.Numbers(EdgeSchema.EigenvalueSeries, EdgeSchema.Constrained)
                    .Select(n => run.Series(Nth(n), EdgeSchema.Eigenvalue(n), Colour(edge, n))),
                .. ofDescent.Count > 0 ? OfDescent(edge, ofDescent) : [],
            ]);
        return figure with { Level = run.Edge, Legend = ofDescent.Count > 0 ? Legend(figure) : null };
    }

    private static IReadOnlyList<Curve> Legend(Figure figure) =>
    [
        .. figure.Curves.Where(curve => curve.Dash == Dash.Solid).Select(curve => curve with { X = [], Y = [] }),
        new("constrained trajectory", Palette.Ink, [], []),
        new("gradient descent", Palette.Ink, [], []) { Dash = Dash.Dashed },
    ];

    /// <summary>Returns the eigenvalues along gradient descent: at midpoints until instability, then at its points.</summary>
    private static IEnumerable<Curve> OfDescent(EdgeCurves edge, IReadOnlyList<int> numbers) =>
        from n in numbers.Prepend(1)
        from key in n == 1
            ? new SeriesKey[] { new(EdgeSchema.Descent, EdgeSchema.SharpnessMidpoint), new(EdgeSchema.Descent, EdgeSchema.Sharpness) }
            : [EdgeSchema.EigenvalueMidpoint(n), EdgeSchema.Eigenvalue(EdgeSchema.Descent, n)]
        select edge.Run.Series($"{Nth(n)}, gradient descent", key, Colour(edge, n)) with { Dash = Dash.Dashed, Marked = false };

    private static string Nth(int n) => n switch { 1 => "largest", 2 => "second", 3 => "third", _ => $"{n}th" };

    /// <summary>Returns the colour of the n-th eigenvalue: the first has that of the constrained trajectory.</summary>
    private static string Colour(EdgeCurves edge, int n) => n == 1 ? edge.Colour(EdgeSchema.Constrained) : Palette.Nth(n + 1);
}
