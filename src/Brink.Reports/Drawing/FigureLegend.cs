using ScottPlot;
using ScottPlot.Panels;
using SkiaSharp;

namespace Brink.Reports;

/// <summary>The legend of a figure, or one legend of several panels.</summary>
internal static class FigureLegend
{
    // Sizes relative to that of the numbers on the axes.
    private const double Text = 0.85, Symbol = 2.5, Between = 0.8, Lines = 0.25, Edge = 0.5;

    /// <summary>Returns the entries of the legend of a figure: its own, or one for each kind of curve; and its level.</summary>
    public static IReadOnlyList<Curve> Of(Figure figure) =>
    [
        .. (figure.Legend ?? figure.Curves).Where(entry => entry.Label.Length > 0).DistinctBy(Key),
        .. figure.Level is { Label.Length: > 0 } level
            ? [new Curve(level.Label, "#000000", [], []) { Dash = Dash.Dashed }]
            : Array.Empty<Curve>(),
    ];

    /// <summary>Shows a legend with a plot; without entries there is none.</summary>
    public static void Show(Plot plot, IReadOnlyList<Curve> entries, FigureStyle style)
    {
        if (entries.Count == 0 || style.Legend == LegendPlace.None) return;
        Fill(plot.Legend, entries, style);
        switch (style.Legend)
        {
            case LegendPlace.Below:
                plot.Legend.Orientation = Orientation.Horizontal;
                Pad(plot.ShowLegend(ScottPlot.Edge.Bottom), style);
                break;
            case LegendPlace.Right:
                Pad(plot.ShowLegend(ScottPlot.Edge.Right), style);
                break;
            default:
                plot.Legend.BackgroundColor = Colors.White.WithAlpha(0.8);
                plot.ShowLegend(style.Legend switch
                {
                    LegendPlace.TopLeft => Alignment.UpperLeft,
                    LegendPlace.TopRight => Alignment.UpperRight,
                    LegendPlace.BottomLeft => Alignment.LowerLeft,
                    _ => Alignment.LowerRight,
                });
                break;
        }
    }

    /// <summary>Returns a plot that has only the legend of several panels, and its height at a width.</summary>
    public static (Plot Plot, float Height) Shared(IEnumerable<Figure> panels, FigureStyle style, float width)
    {
        var plot = new Plot();
        plot.Layout.Frameless();
        plot.HideAxesAndGrid();
        Fill(plot.Legend, [.. panels.SelectMany(Of).DistinctBy(Key)], style);
        plot.Legend.Orientation = Orientation.Horizontal;
        plot.Legend.Margin = new(0, 0);
        plot.ShowLegend(Alignment.MiddleCenter);
        using var measured = new SKPictureRecorder();
        var place = new PixelRect(0, width, width, 0);
        plot.Render(measured.BeginRecording(place.ToSKRect()), place);
        return (plot, plot.Legend.LastRenderSize.Height);
    }

    private static (string Label, string Colour, Dash Dash, bool Rings) Key(Curve entry) =>
        (entry.Label, entry.Colour, entry.Dash, entry.Rings);

    private static void Fill(Legend legend, IReadOnlyList<Curve> entries, FigureStyle style)
    {
        // Dashed lines last: the marker that is drawn after one has its dashes.
        foreach (var entry in entries.OrderBy(entry => entry.Dashed)) legend.ManualItems.Add(Item(entry));
        legend.FontName = FigurePlot.FontName;
        legend.FontSize = style.Pixels(Text);
        legend.SymbolWidth = style.Pixels(Symbol);
        legend.InterItemPadding = new(style.Pixels(Between), style.Pixels(Between), style.Pixels(Lines), style.Pixels(Lines));
        legend.TightHorizontalWrapping = true;
        legend.OutlineWidth = 0;
        legend.ShadowColor = Colors.Transparent;
    }

    private static LegendItem Item(Curve entry)
    {
        var colour = Color.FromHex(entry.Colour);
        var isMarked = entry.Dots || entry.Rings || (entry.Marked && !entry.Dashed);
        return new()
        {
            LabelText = entry.Label,
            LineWidth = entry.Dots || entry.Rings ? 0 : FigurePlot.LineWidth,
            LineColor = colour,
            LinePattern = FigurePlot.Pattern(entry.Dash),
            MarkerShape = !isMarked ? MarkerShape.None : entry.Rings ? MarkerShape.OpenCircle : MarkerShape.FilledCircle,
            MarkerSize = entry.Rings ? 8 : 5,
            MarkerColor = colour,
            MarkerLineWidth = 1,
        };
    }

    private static void Pad(LegendPanel panel, FigureStyle style) => panel.Padding = new(style.Pixels(Edge), style.Pixels(Edge));
}
