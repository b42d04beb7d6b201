using ScottPlot;
using ScottPlot.TickGenerators;
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

    /// <summary>Returns the value, or NaN, which is drawn as a gap, where it is not finite.</summary>
    private static double Finite(double value) => double.IsFinite(value) ? value : double.NaN;

    private static Plot Plotted(Figure figure)
    {
        var plot = new Plot();
        plot.Font.Set(FontName);
        if (figure.Map is { } map) HeatMapImage.AddTo(plot, map);
        foreach (var curve in figure.Curves)
        {
            var line = plot.Add.ScatterLine(
                curve.X.Select(x => Finite(figure.LogX ? Math.Log10(x) : x)).ToArray(),
                curve.Y.Select(y => Finite(figure.Log ? Math.Log10(Math.Abs(y)) : y)).ToArray(),
                Color.FromHex(curve.Colour));
            line.LineWidth = curve.Dots || curve.Rings ? 0 : 1.5f;
            line.LinePattern = curve.Dashed ? LinePattern.Dashed : LinePattern.Solid;
            line.MarkerSize = curve.Rings ? 8 : curve.Marked ? 5 : curve.Dots ? 2.5f : 0;
            if (curve.Rings) line.MarkerShape = MarkerShape.OpenCircle;
            line.LegendText = curve.Label;
        }
        if (figure.Level is { } level)
        {
            var line = plot.Add.HorizontalLine(level.Value, 1, Colors.Black, LinePattern.Dashed);
            line.LegendText = level.Label;
        }
        plot.Title(figure.Title, 14);
        plot.Axes.Title.Label.Bold = false;
        plot.XLabel(figure.XLabel);
        plot.YLabel(figure is { Log: true, HasNegatives: true } ? $"|{figure.YLabel}|" : figure.YLabel);
        plot.Axes.AutoScale();
        if (figure.Steps is { } steps) plot.Axes.SetLimitsX(steps.From, steps.To);
        if (figure.Log) plot.Axes.Left.TickGenerator = Decades(plot.Axes.GetLimits().VerticalRange);
        if (figure.LogX) plot.Axes.Bottom.TickGenerator = Decades(plot.Axes.GetLimits().HorizontalRange);
        // Below the axes, since in some figure there is a curve in every corner.
        plot.Legend.Orientation = Orientation.Horizontal;
        plot.Legend.FontSize = 10;
        plot.Legend.OutlineWidth = 0;
        plot.Legend.ShadowColor = Colors.Transparent;
        if (figure.Curves.Count > 0 || figure.Level is not null) plot.ShowLegend(Edge.Bottom);
        return plot;
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
