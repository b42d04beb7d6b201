using Brink.Runs;

namespace Brink.Reports;

/// <summary>One figure of a run, as data: the page and the image files draw the same.</summary>
/// <param name="Name">Name on the command line.</param>
public sealed record Figure(
    string Name, string Title, string XLabel, string YLabel, IReadOnlyList<Curve> Curves)
{
    /// <summary>Returns a figure of the curves that have points, over all their steps.</summary>
    public static Figure OverSteps(string name, string title, string label, params IEnumerable<Curve> curves)
    {
        Curve[] drawn = [.. curves.Where(curve => curve.X.Count > 0)];
        var last = drawn.Length == 0 ? 0 : drawn.Max(curve => curve.X[^1]);
        return new(name, title, "step", label, drawn) { Steps = new(0, last) };
    }

    /// <summary>Returns a figure of one curve, from its first step to its last.</summary>
    public static Figure Whole(string name, string title, string label, Curve curve) => OverSteps(name, title, label, curve) with
    {
        Steps = curve.X is [var first, .., var last] ? new(first, last) : new(0, 0),
    };

    /// <summary>A horizontal line, such as 2/eta.</summary>
    public Level? Level { get; init; }

    /// <summary>True if the first view of the values has a logarithmic axis.</summary>
    public bool Log { get; init; }

    /// <summary>True if x has a logarithmic axis; false where x is the step.</summary>
    public bool LogX { get; init; }

    /// <summary>The entries of the legend, as curves without points; null: one entry a curve.</summary>
    public IReadOnlyList<Curve>? Legend { get; init; }

    /// <summary>A map under the curves.</summary>
    public HeatMap? Map { get; init; }

    /// <summary>The range of steps in the first view, where x is the step; null where x is another quantity, along which
    /// curves may run back and forth.</summary>
    public StepRange? Steps { get; init; }

    /// <summary>Points that the figure leaves out, one clause for each reason.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The label of x, with the notes under it.</summary>
    public string XCaption => string.Join('\n', [XLabel, .. Notes]);

    /// <summary>True if a value is negative: a logarithmic axis then shows the magnitudes.</summary>
    public bool HasNegatives => Curves.Any(curve => curve.Y.Any(y => y < 0));
}

/// <summary>Points joined in their order; NaN is a gap.</summary>
/// <param name="Colour">Colour as #RRGGBB.</param>
public sealed record Curve(string Label, string Colour, IReadOnlyList<double> X, IReadOnlyList<double> Y)
{
    /// <summary>Returns the curve through points.</summary>
    public static Curve Through(string label, string colour, IReadOnlyList<CurvePoint> points) =>
        new(label, colour, [.. points.Select(point => point.X)], [.. points.Select(point => point.Y)]);

    /// <summary>Pattern of the line.</summary>
    public Dash Dash { get; init; }

    /// <summary>True if the line is not solid.</summary>
    public bool Dashed => Dash != Dash.Solid;

    /// <summary>Number of the run that the curve belongs to, among those that the figure compares.</summary>
    public int Run { get; init; }

    /// <summary>Number of points that the curve had before it was reduced to fewer that look the same; 0 if it was not.</summary>
    public int ReducedFrom { get; init; }

    /// <summary>True if each point is marked: for points that are few or far apart.</summary>
    public bool Marked { get; init; }

    /// <summary>True if the points are dots that are not joined.</summary>
    public bool Dots { get; init; }

    /// <summary>True if the points are rings that are not joined: values that did not converge, on the curve that they belong
    /// to.</summary>
    public bool Rings { get; init; }
}

/// <summary>A horizontal line of a figure.</summary>
/// <param name="Value">The value of y.</param>
/// <param name="Label">Text in the legend; empty for none.</param>
public sealed record Level(double Value, string Label);

/// <summary>A function on a grid of the plane, from light (its least value) to dark; cells without a value are white.</summary>
/// <param name="Label">Name of the values.</param>
public sealed record HeatMap(Raster Raster, string Label)
{
    /// <summary>The range of the finite cells; from 0 to 0 if there is no such cell.</summary>
    public Extent Values
    {
        get
        {
            var values = Raster.Cells.Where(double.IsFinite).DefaultIfEmpty(0);
            return new(values.Min(), values.Max());
        }
    }

    /// <summary>Returns where a value is in the range of the values, from 0 to 1; 1 if all values are equal.</summary>
    public static double Share(double value, Extent values) =>
        // Halves: the width of the range may exceed the largest number.
        values.To > values.From ? ((value / 2) - (values.From / 2)) / ((values.To / 2) - (values.From / 2)) : 1;
}

/// <summary>A range of steps.</summary>
/// <param name="From">First step.</param>
/// <param name="To">Last step.</param>
public sealed record StepRange(double From, double To);
