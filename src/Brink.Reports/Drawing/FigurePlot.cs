using ScottPlot;
using ScottPlot.TickGenerators;

namespace Brink.Reports;

/// <summary>Makes the plot of a figure.</summary>
internal static class FigurePlot
{
    public const string FontName = "DejaVu Sans";

    public const float LineWidth = 1.5f;

    // Sizes of texts relative to that of the numbers on the axes.
    private const double AxisText = 1.15, TitleText = 1.2;

    // Margin of the values in sight, as a share of their range.
    private const double Margin = 0.05;

    public static Plot Of(Figure figure, FigureStyle style)
    {
        var plot = new Plot();
        var fontSize = style.Pixels(1);
        plot.Font.Set(FontName);
        if (figure.Map is { } map) HeatMapImage.AddTo(plot, map, style.Colours.Map ?? Palette.LightToDark, fontSize);
        // Markers first, dashed lines last: what is drawn after a dashed line has its dashes.
        foreach (var curve in figure.Curves.Where(curve => curve.Dots || curve.Rings || curve.Marked)) AddPoints(plot, figure, curve);
        foreach (var curve in figure.Curves.Where(curve => curve is { Dots: false, Rings: false }).OrderBy(curve => curve.Dashed)) AddLine(plot, figure, curve);
        if (figure.Level is { } level && Drawn(level.Value, figure.Log) is var height && double.IsFinite(height))
            plot.Add.HorizontalLine(height, 1, Colors.Black, Pattern(Dash.Dashed));
        plot.Title(figure.Title, style.Pixels(TitleText));
        plot.Axes.Title.Label.Bold = false;
        plot.XLabel(figure.XLabel, style.Pixels(AxisText));
        plot.YLabel(figure is { Log: true, HasNegatives: true } ? $"|{figure.YLabel}|" : figure.YLabel, style.Pixels(AxisText));
        foreach (var axis in plot.Axes.GetAxes()) axis.TickLabelStyle.FontSize = fontSize;
        SetLimits(plot, figure, style);
        if (figure.Log) plot.Axes.Left.TickGenerator = Decades(plot.Axes.GetLimits().VerticalRange);
        if (figure.LogX) plot.Axes.Bottom.TickGenerator = Decades(plot.Axes.GetLimits().HorizontalRange);
        FigureLegend.Show(plot, FigureLegend.Of(figure), style);
        return plot;
    }

    public static LinePattern Pattern(Dash dash) => dash switch
    {
        Dash.Dashed => new([6, 4], 0, "dashed"),
        Dash.Dotted => new([2, 3], 0, "dotted"),
        Dash.DashDot => new([9, 3, 2, 3], 0, "dash-dot"),
        Dash.LongDash => new([14, 4], 0, "long-dash"),
        Dash.DashDotDot => new([9, 3, 2, 3, 2, 3], 0, "dash-dot-dot"),
        _ => LinePattern.Solid,
    };

    public static float MarkerSize(Curve curve) => curve.Rings ? 8 : curve.Marked ? 5 : 2.5f;

    private static void AddLine(Plot plot, Figure figure, Curve curve)
    {
        var line = plot.Add.ScatterLine(Drawn(curve.X, figure.LogX), Drawn(curve.Y, figure.Log), Color.FromHex(curve.Colour));
        line.LineWidth = LineWidth;
        line.LinePattern = Pattern(curve.Dash);
    }

    private static void AddPoints(Plot plot, Figure figure, Curve curve)
    {
        var points = plot.Add.ScatterPoints(Drawn(curve.X, figure.LogX), Drawn(curve.Y, figure.Log), Color.FromHex(curve.Colour));
        points.MarkerSize = MarkerSize(curve);
        points.MarkerShape = curve.Rings ? MarkerShape.OpenCircle : MarkerShape.FilledCircle;
    }

    private static double[] Drawn(IReadOnlyList<double> values, bool log) => [.. values.Select(value => Drawn(value, log))];

    /// <summary>Returns the place of a value on its axis, the exponent of its magnitude on a logarithmic one; NaN, which is
    /// drawn as a gap, if it has none.</summary>
    private static double Drawn(double value, bool log)
    {
        var place = log ? Math.Log10(Math.Abs(value)) : value;
        return double.IsFinite(place) ? place : double.NaN;
    }

    private static void SetLimits(Plot plot, Figure figure, FigureStyle style)
    {
        plot.Axes.AutoScale();
        if (figure.Steps is { } steps) plot.Axes.SetLimitsX(steps.From, steps.To);
        if (style.X is { } x)
        {
            var limits = plot.Axes.GetLimits();
            plot.Axes.SetLimitsX(End(x.From, figure.LogX) ?? limits.Left, End(x.To, figure.LogX) ?? limits.Right);
            if (figure.Map is null) FitHeights(plot, figure);
        }
        if (style.Y is { } y)
        {
            var limits = plot.Axes.GetLimits();
            plot.Axes.SetLimitsY(End(y.From, figure.Log) ?? limits.Bottom, End(y.To, figure.Log) ?? limits.Top);
        }

        static double? End(double? value, bool log) => value is { } end && Drawn(end, log) is var place && double.IsFinite(place) ? place : null;
    }

    /// <summary>Fits the y axis to the values in the range of the x axis.</summary>
    private static void FitHeights(Plot plot, Figure figure)
    {
        var limits = plot.Axes.GetLimits();
        var values = figure.Curves
            .SelectMany(curve => curve.X.Zip(curve.Y))
            .Where(point => Drawn(point.First, figure.LogX) is var x && x >= limits.Left && x <= limits.Right)
            .Select(point => Drawn(point.Second, figure.Log))
            .Append(figure.Level is { } level ? Drawn(level.Value, figure.Log) : double.NaN)
            .Where(double.IsFinite)
            .ToArray();
        if (values.Length == 0) return;
        var (least, most) = (values.Min(), values.Max());
        var margin = most > least ? Margin * (most - least) : 1;
        plot.Axes.SetLimitsY(least - margin, most + margin);
    }

    /// <summary>Returns ticks for exponents of ten: at integers; or at 1, 2 and 5 times the powers of ten where the range is
    /// at most two decades.</summary>
    private static ITickGenerator Decades(CoordinateRange exponents)
    {
        if (exponents.Length > 2)
        {
            return new NumericAutomatic
            {
                MinorTickGenerator = new LogMinorTickGenerator(),
                IntegerTicksOnly = true,
                LabelFormatter = exponent => $"{Math.Pow(10, exponent):g3}",
            };
        }
        var ticks = new NumericManual();
        for (var decade = Math.Floor(exponents.Min); decade <= exponents.Max; decade++)
        {
            for (var n = 1; n < 10; n++)
            {
                var place = decade + Math.Log10(n);
                if (n is 1 or 2 or 5) ticks.AddMajor(place, $"{n * Math.Pow(10, decade):g3}");
                else ticks.AddMinor(place);
            }
        }
        return ticks;
    }
}
