using ScottPlot;
using SkiaSharp;

namespace Brink.Reports;

/// <summary>Writes figures as SVG, PNG or PDF files.</summary>
public static class FigureImage
{
    private const int PanelWidth = 640, PanelHeight = 440;

    // A pixel of CSS is 1/96 inch, and the unit of PDF 1/72.
    private const float PdfScale = 0.75f;

    static FigureImage() => Fonts.FontResolvers.Insert(0, new EmbeddedFont());

    /// <summary>Writes one figure, or several in two columns; the extension of the file, .svg, .png or .pdf, selects the
    /// format.</summary>
    /// <exception cref="NotSupportedException">The file has another extension.</exception>
    public static void Write(IReadOnlyList<Figure> figures, string path, FigureStyle? style = null)
    {
        var format = Path.GetExtension(path).ToLowerInvariant();
        if (format is not (".svg" or ".png" or ".pdf"))
            throw new NotSupportedException($"{path}: figures are written as .svg, .png or .pdf");
        using var stream = File.Create(path);
        Write(figures, stream, format, style);
    }

    /// <summary>Writes one figure, or several in two columns, in a format: .svg, .png or .pdf.</summary>
    /// <exception cref="NotSupportedException">The format is another one.</exception>
    public static void Write(IReadOnlyList<Figure> figures, Stream stream, string format, FigureStyle? style = null)
    {
        var look = style ?? new();
        var panels = look.Colours.Applied(figures);
        var columns = Math.Min(2, panels.Count);
        var rows = (panels.Count + columns - 1) / columns;
        var size = look.Size ?? new(columns * PanelWidth, rows * PanelHeight);
        var (width, height) = ((float)size.Width, (float)size.Height);
        switch (format)
        {
            case ".svg":
                using (var canvas = SKSvgCanvas.Create(new SKRect(0, 0, width, height), stream)) Draw(canvas);
                break;
            case ".png":
                WritePng();
                break;
            case ".pdf":
                using (var document = SKDocument.CreatePdf(
                    stream, new SKDocumentPdfMetadata { Title = panels[0].Title, Creator = "Brink" }))
                {
                    var canvas = document.BeginPage(width * PdfScale, height * PdfScale);
                    canvas.Scale(PdfScale);
                    Draw(canvas);
                    document.EndPage();
                    document.Close();
                }
                break;
            default:
                throw new NotSupportedException($"{format}: figures are written as .svg, .png or .pdf");
        }

        void WritePng()
        {
            using var surface = SKSurface.Create(
                new SKImageInfo((int)Math.Round(width * size.Density), (int)Math.Round(height * size.Density)));
            surface.Canvas.Scale((float)size.Density);
            Draw(surface.Canvas);
            using var image = surface.Snapshot();
            using var data = image.Encode(SKEncodedImageFormat.Png, 100);
            data.SaveTo(stream);
        }

        void Draw(SKCanvas canvas)
        {
            canvas.Clear(SKColors.White);
            if (panels.Count == 1 || look.Legend != LegendPlace.Below)
            {
                DrawPanels(canvas, height, look);
                return;
            }
            var (legend, legendHeight) = FigureLegend.Shared(panels, look, width);
            using (legend)
            {
                var above = Math.Max(height - legendHeight, height / 2);
                DrawPanels(canvas, above, look with { Legend = LegendPlace.None });
                Render(legend, canvas, new(0, width, height, above));
            }
        }

        void DrawPanels(SKCanvas canvas, float total, FigureStyle panelLook)
        {
            var (panelWidth, panelHeight) = (width / columns, total / rows);
            for (var i = 0; i < panels.Count; i++)
            {
                var (left, top) = (i % columns * panelWidth, i / columns * panelHeight);
                using var plot = FigurePlot.Of(panels[i], panelLook);
                Render(plot, canvas, new(left, left + panelWidth, top + panelHeight, top));
            }
        }
    }

    private static void Render(Plot plot, SKCanvas canvas, PixelRect place)
    {
        // The first time, a plot measures its texts and draws itself again: a file of vectors would have all of it twice.
        using (var measured = new SKPictureRecorder()) plot.Render(measured.BeginRecording(place.ToSKRect()), place);
        canvas.Save();
        canvas.ClipRect(place.ToSKRect());   // a plot clears everything within the clip
        plot.Render(canvas, place);
        canvas.Restore();
    }

    /// <summary>Resolves the font that is embedded in the assembly: some machines have no font, and figures look the same
    /// everywhere.</summary>
    private sealed class EmbeddedFont : IFontResolver
    {
        private readonly SKTypeface _typeface = SKTypeface.FromStream(Resources.Open("fonts/DejaVuSans.ttf"));

        public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) =>
            fontName == FigurePlot.FontName ? _typeface : null;

        public SKTypeface? CreateTypeface(
            string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
            fontName == FigurePlot.FontName ? _typeface : null;
    }
}
