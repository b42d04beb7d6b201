using ScottPlot;
using SkiaSharp;

namespace Brink.Reports;

/// <summary>Draws heat maps.</summary>
internal static class HeatMapImage
{
    /// <summary>Returns the map as a data URI of a PNG image, one pixel per cell: the share of the value in the range of the map
    /// as a level of grey, which the page replaces by a colour of its scheme. Cells without a value are transparent.</summary>
    public static string DataUri(HeatMap map)
    {
        var raster = map.Raster;
        using var bitmap = new SKBitmap(raster.Columns, raster.Rows, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        var values = map.Values;
        for (var row = 0; row < raster.Rows; row++)
        {
            for (var column = 0; column < raster.Columns; column++)
            {
                var value = raster.Cells[(row * raster.Columns) + column];
                bitmap.SetPixel(column, raster.Rows - 1 - row, double.IsFinite(value) ? Grey(value) : SKColors.Transparent);
            }
        }
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return "data:image/png;base64," + Convert.ToBase64String(data.ToArray());

        SKColor Grey(double value)
        {
            var level = (byte)Math.Round(byte.MaxValue * HeatMap.Share(value, values));
            return new(level, level, level);
        }
    }

    /// <param name="plot">Plot that receives the map and the bar of its colours.</param>
    /// <param name="map">Map to draw.</param>
    /// <param name="colours">Colours from the least value to the largest.</param>
    /// <param name="fontSize">Size of the numbers along the bar, in pixels.</param>
    public static void AddTo(Plot plot, HeatMap map, ColourMap colours, float fontSize)
    {
        var raster = map.Raster;
        var fromTop = new double[raster.Rows, raster.Columns];
        for (var row = 0; row < raster.Rows; row++)
        {
            for (var column = 0; column < raster.Columns; column++)
            {
                var value = raster.Cells[(row * raster.Columns) + column];
                fromTop[raster.Rows - 1 - row, column] = double.IsFinite(value) ? value : double.NaN;
            }
        }
        var heat = plot.Add.Heatmap(fromTop);
        heat.Colormap = new Colours(colours);
        heat.NaNCellColor = Colors.White;
        heat.Position = new CoordinateRect(raster.X.From, raster.X.To, raster.Y.From, raster.Y.To);
        var bar = plot.Add.ColorBar(heat);
        bar.Label = map.Label;
        bar.LabelStyle.FontSize = fontSize;
        bar.Axis.TickLabelStyle.FontSize = fontSize;
    }

    private sealed class Colours(ColourMap map) : IColormap
    {
        public string Name => "colours of the figure";

        public Color GetColor(double position)
        {
            var (red, green, blue) = map.At(Math.Clamp(position, 0, 1));
            return new(red, green, blue);
        }
    }
}
