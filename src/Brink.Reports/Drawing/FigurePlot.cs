using ScottPlot;

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
        var x = AxisScale.Of(figure.LogX, figure.Curves.SelectMany(curve => curve.X));
        var y = AxisScale.Of(figure.Log, figure.Curves.SelectMany(curve => curve.Y));
        if (figure.Map is { } map) HeatMapImage.AddTo(plot, map, style.Colours.Map ?? Palette.LightToDark, fontSize);
        // Markers first, dashed lines last: what is drawn after a dashed line has its dashes.
        foreach (var curve in figure.Curves.Where(curve => curve.Dots || curve.Rings || curve.Marked)) AddPoints(plot, curve, x, y);
        foreach (var curve in figure.Curves.Where(curve => curve is { Dots: false, Rings: false }).OrderBy(curve => curve.Dashed))
            AddLine(plot, curve, x, y);
        if (figure.Level is { } level && double.IsFinite(y.At(level.Value)))
            plot.Add.HorizontalLine(y.At(level.Value), 1, Colors.Black, Pattern(Dash.Dashed));
        plot.Title(figure.Title, style.Pixels(TitleText));
        plot.Axes.Title.Label.Bold = false;
        plot.XLabel(figure.XCaption, style.Pixels(AxisText));
        plot.YLabel(figure is { Log: true, HasNegatives: true } ? $"|{figure.YLabel}|" : figure.YLabel, style.Pixels(AxisText));
        foreach (var axis in plot.Axes.GetAxes()) axis.TickLabelStyle.FontSize = fontSize;
        SetLimits(plot, figure, style, x, y);
        plot.Axes.Left.TickGenerator = y.Ticks(plot.Axes.GetLimits().VerticalRange);
        plot.Axes.Bottom.TickGenerator = x.Ticks(plot.Axes.GetLimits().HorizontalRange);
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

    private static void AddLine(Plot plot, Curve curve, AxisScale x, AxisScale y)
    {
        var line = plot.Add.ScatterLine(Places(curve.X, x), Places(curve.Y, y), Color.FromHex(curve.Colour));
        line.LineWidth = LineWidth;
        line.LinePattern = Pattern(curve.Dash);
    }

    private static void AddPoints(Plot plot, Curve curve, AxisScale x, AxisScale y)
    {
        var points = plot.Add.ScatterPoints(Places(curve.X, x), Places(curve.Y, y), Color.FromHex(curve.Colour));
        points.MarkerSize = MarkerSize(curve);
        points.MarkerShape = curve.Rings ? MarkerShape.OpenCircle : MarkerShape.FilledCircle;
    }

    private static double[] Places(IReadOnlyList<double> values, AxisScale scale) => [.. values.Select(scale.At)];

    private static void SetLimits(Plot plot, Figure figure, FigureStyle style, AxisScale x, AxisScale y)
    {
        plot.Axes.AutoScale();
        if (figure.Steps is { } steps) plot.Axes.SetLimitsX(steps.From, steps.To);
        if (style.X is { } across)
        {
            var limits = plot.Axes.GetLimits();
            plot.Axes.SetLimitsX(End(across.From, x) ?? limits.Left, End(across.To, x) ?? limits.Right);
            if (figure.Map is null) FitHeights(plot, figure, x, y);
        }
        if (style.Y is { } upward)
        {
            var limits = plot.Axes.GetLimits();
            plot.Axes.SetLimitsY(End(upward.From, y) ?? limits.Bottom, End(upward.To, y) ?? limits.Top);
        }

        static double? End(double? value, AxisScale scale) =>
            value is { } end && scale.At(end) is var place && double.IsFinite(place) ? place : null;
    }

    /// <summary>Fits the y axis to the values in the range of the x axis.</summary>
    private static void FitHeights(Plot plot, Figure figure, AxisScale x, AxisScale y)
    {
        var limits = plot.Axes.GetLimits();
        var values = figure.Curves
            .SelectMany(curve => curve.X.Zip(curve.Y))
            .Where(point => x.At(point.First) is var place && place >= limits.Left && place <= limits.Right)
            .Select(point => y.At(point.Second))
            .Append(figure.Level is { } level ? y.At(level.Value) : double.NaN)
            .Where(double.IsFinite)
            .ToArray();
        if (values.Length == 0) return;
        var (least, most) = (values.Min(), values.Max());
        var margin = most > least ? Margin * (most - least) : 1;
        plot.Axes.SetLimitsY(least - margin, most + margin);
    }
}
