using ScottPlot;
using ScottPlot.TickGenerators;

namespace Brink.Reports;

/// <summary>Makes the plot of a figure.</summary>
internal static class FigurePlot
{
    public const string FontName = "DejaVu Sans";

    // Pixels of CSS to a point; the size of the other texts relative to that of the numbers on the axes.
    private const double PixelsPerPoint = 96.0 / 72, AxisText = 1.15, TitleText = 1.2, LegendText = 0.85;

    // Margin of the values in sight, as a share of their range.
    private const double Margin = 0.05;

    /// <param name="figure">Figure to draw.</param>
    /// <param name="style">Look of the figure.</param>
    /// <param name="width">Width of the panel, in pixels.</param>
    public static Plot Of(Figure figure, FigureStyle style, float width)
    {
        var plot = new Plot();
        var fontSize = (float)(style.FontSize * PixelsPerPoint);
        plot.Font.Set(FontName);
        if (figure.Map is { } map) HeatMapImage.AddTo(plot, map, style.Colours.Map ?? Palette.LightToDark, fontSize);
        foreach (var curve in figure.Curves) Add(plot, figure, curve);
        if (figure.Level is { } level && Drawn(level.Value, figure.Log) is var height && double.IsFinite(height))
        {
            var line = plot.Add.HorizontalLine(height, 1, Colors.Black, LinePattern.Dashed);
            line.LegendText = level.Label;
        }
        plot.Title(figure.Title, fontSize * (float)TitleText);
        plot.Axes.Title.Label.Bold = false;
        plot.XLabel(figure.XLabel, fontSize * (float)AxisText);
        plot.YLabel(figure is { Log: true, HasNegatives: true } ? $"|{figure.YLabel}|" : figure.YLabel, fontSize * (float)AxisText);
        foreach (var axis in plot.Axes.GetAxes()) axis.TickLabelStyle.FontSize = fontSize;
        SetLimits(plot, figure, style);
        if (figure.Log) plot.Axes.Left.TickGenerator = Decades(plot.Axes.GetLimits().VerticalRange);
        if (figure.LogX) plot.Axes.Bottom.TickGenerator = Decades(plot.Axes.GetLimits().HorizontalRange);
        if (style.Legend != LegendPlace.None) ShowLegend(plot, figure, style.Legend, fontSize * (float)LegendText, width);
        return plot;
    }

    private static void Add(Plot plot, Figure figure, Curve curve)
    {
        var line = plot.Add.ScatterLine(
            curve.X.Select(x => Drawn(x, figure.LogX)).ToArray(),
            curve.Y.Select(y => Drawn(y, figure.Log)).ToArray(),
            Color.FromHex(curve.Colour));
        line.LineWidth = curve.Dots || curve.Rings ? 0 : 1.5f;
        line.LinePattern = Pattern(curve.Dash);
        line.MarkerSize = curve.Rings ? 8 : curve.Marked ? 5 : curve.Dots ? 2.5f : 0;
        if (curve.Rings) line.MarkerShape = MarkerShape.OpenCircle;
    }

    /// <summary>Returns the place of a value on its axis, the exponent of its magnitude on a logarithmic one; NaN, which is
    /// drawn as a gap, if it has none.</summary>
    private static double Drawn(double value, bool log)
    {
        var place = log ? Math.Log10(Math.Abs(value)) : value;
        return double.IsFinite(place) ? place : double.NaN;
    }

    private static LinePattern Pattern(Dash dash) => dash switch
    {
        Dash.Dashed => new([6, 4], 0),
        Dash.Dotted => new([2, 3], 0),
        Dash.DashDot => new([9, 3, 2, 3], 0),
        Dash.LongDash => new([14, 4], 0),
        Dash.DashDotDot => new([9, 3, 2, 3, 2, 3], 0),
        _ => LinePattern.Solid,
    };

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

    private static void ShowLegend(Plot plot, Figure figure, LegendPlace place, float fontSize, float width)
    {
        var entries = figure.Legend ?? figure.Curves.DistinctBy(curve => (curve.Label, curve.Colour, curve.Dash, curve.Rings)).ToList();
        entries = [.. entries.Where(entry => entry.Label.Length > 0)];
        if (entries.Count == 0 && figure.Level is not { Label.Length: > 0 }) return;
        var legend = plot.Legend;
        foreach (var entry in entries)
        {
            legend.ManualItems.Add(new LegendItem
            {
                LabelText = entry.Label,
                LabelFontName = FontName,
                LabelFontSize = fontSize,
                LineWidth = entry.Dots || entry.Rings ? 0 : 1.5f,
                LineColor = Color.FromHex(entry.Colour),
                LinePattern = Pattern(entry.Dash),
                MarkerShape = entry.Rings ? MarkerShape.OpenCircle : entry.Marked || entry.Dots ? MarkerShape.FilledCircle : MarkerShape.None,
                MarkerSize = entry.Rings ? 8 : 5,
                MarkerColor = Color.FromHex(entry.Colour),
                MarkerLineWidth = 1,
            });
        }
        legend.FontSize = fontSize;
        legend.SymbolWidth = 3 * fontSize;
        legend.OutlineWidth = 0;
        legend.ShadowColor = Colors.Transparent;
        switch (place)
        {
            case LegendPlace.Below:
                legend.Orientation = Orientation.Horizontal;
                legend.TightHorizontalWrapping = true;
                plot.ShowLegend(Edge.Bottom);
                break;
            case LegendPlace.Right:
                plot.ShowLegend(Edge.Right);
                break;
            default:
                legend.BackgroundColor = Colors.White.WithAlpha(0.8);
                plot.ShowLegend(place switch
                {
                    LegendPlace.TopLeft => Alignment.UpperLeft,
                    LegendPlace.TopRight => Alignment.UpperRight,
                    LegendPlace.BottomLeft => Alignment.LowerLeft,
                    _ => Alignment.LowerRight,
                });
                break;
        }
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
