using ScottPlot;
using SkiaSharp;

namespace Brink.Reports;

/// <summary>Writes figures as SVG or PNG files.</summary>
public static class FigureImage
{
    private const string FontName = "DejaVu Sans";
    private const int PanelWidth = 640, PanelHeight = 440;

    static FigureImage() => Fonts.FontResolvers.Insert(0, new EmbeddedFont());

    /// <summary>Writes one figure, or several in two columns; the extension of the file, .svg or .png, selects the
    /// format.</summary>
    /// <exception cref="NotSupportedException">The file has another extension.</exception>
    public static void Write(IReadOnlyList<Figure> figures, string path)
    {
        var columns = Math.Min(2, figures.Count);
        var rows = (figures.Count + columns - 1) / columns;
        var (width, height) = (columns * PanelWidth, rows * PanelHeight);
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".svg":
                using (var stream = File.Create(path))
                using (var canvas = SKSvgCanvas.Create(new SKRect(0, 0, width, height), stream)) Draw(canvas);
                break;
            case ".png":
                using (var surface = SKSurface.Create(new SKImageInfo(width, height)))
                {
                    Draw(surface.Canvas);
                    using var image = surface.Snapshot();
                    using var data = image.Encode(SKEncodedImageFormat.Png, 100);
                    using var stream = File.Create(path);
                    data.SaveTo(stream);
                }
                break;
            default:
                throw new NotSupportedException($"{path}: figures are written as .svg or .png");
        }

        void Draw(SKCanvas canvas)
        {
            canvas.Clear(SKColors.White);
            for (var i = 0; i < figures.Count; i++)
            {
                var (left, top) = (i % columns * PanelWidth, i / columns * PanelHeight);
                using var plot = Plotted(figures[i]);
                canvas.Save();
                canvas.ClipRect(new SKRect(
                    left, top, left + PanelWidth, top + PanelHeight));   // a plot clears everything within the clip
                plot.Render(canvas, new PixelRect(left, left + PanelWidth, top + PanelHeight, top));
                canvas.Restore();
            }
        }
    }

    private static Plot Plotted(Figure figure)
    {
        var plot = new Plot();
        plot.Font.Set(FontName);
        var x = AxisScale.Of(figure.LogX, figure.Curves.SelectMany(curve => curve.X));
        var y = AxisScale.Of(figure.Log, figure.Curves.SelectMany(curve => curve.Y));
        if (figure.Map is { } map) HeatMapImage.AddTo(plot, map);
        foreach (var curve in figure.Curves)
        {
            var line = plot.Add.ScatterLine(
                curve.X.Select(x.At).ToArray(),
                curve.Y.Select(y.At).ToArray(),
                Color.FromHex(curve.Colour));
            line.LineWidth = curve.Dots || curve.Rings ? 0 : 1.5f;
            line.LinePattern = curve.Dashed ? LinePattern.Dashed : LinePattern.Solid;
            line.MarkerSize = curve.Rings ? 8 : curve.Marked ? 5 : curve.Dots ? 2.5f : 0;
            if (curve.Rings) line.MarkerShape = MarkerShape.OpenCircle;
            line.LegendText = curve.Label;
        }
        if (figure.Level is { } level && double.IsFinite(y.At(level.Value)))
        {
            var line = plot.Add.HorizontalLine(y.At(level.Value), 1, Colors.Black, LinePattern.Dashed);
            line.LegendText = level.Label;
        }
        plot.Title(figure.Title, 14);
        plot.Axes.Title.Label.Bold = false;
        plot.XLabel(figure.XCaption);
        plot.YLabel(figure is { Log: true, HasNegatives: true } ? $"|{figure.YLabel}|" : figure.YLabel);
        plot.Axes.AutoScale();
        if (figure.Steps is { } steps) plot.Axes.SetLimitsX(steps.From, steps.To);
        plot.Axes.Left.TickGenerator = y.Ticks(plot.Axes.GetLimits().VerticalRange);
        plot.Axes.Bottom.TickGenerator = x.Ticks(plot.Axes.GetLimits().HorizontalRange);
        // Below the axes, since in some figure there is a curve in every corner.
        plot.Legend.Orientation = Orientation.Horizontal;
        plot.Legend.FontSize = 10;
        plot.Legend.OutlineWidth = 0;
        plot.Legend.ShadowColor = Colors.Transparent;
        if (figure.Curves.Count > 0 || figure.Level is not null) plot.ShowLegend(Edge.Bottom);
        return plot;
    }

    /// <summary>Resolves the font that is embedded in the assembly: some machines have no font, and figures look the same
    /// everywhere.</summary>
    private sealed class EmbeddedFont : IFontResolver
    {
        private readonly SKTypeface _typeface = SKTypeface.FromStream(Resources.Open("fonts/DejaVuSans.ttf"));

        public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) =>
            fontName == FontName ? _typeface : null;

        public SKTypeface? CreateTypeface(
            string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
            fontName == FontName ? _typeface : null;
    }
}
