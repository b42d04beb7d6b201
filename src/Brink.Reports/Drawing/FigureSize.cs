using System.Globalization;

namespace Brink.Reports;

/// <summary>Size of an image.</summary>
/// <param name="Width">Width in pixels of CSS, 1/96 inch.</param>
/// <param name="Height">Height in pixels of CSS.</param>
/// <param name="Density">Pixels of a PNG file to one of CSS.</param>
public sealed record FigureSize(double Width, double Height, double Density = 1)
{
    private const double PixelsPerInch = 96, PrintedPerInch = 300;

    /// <summary>Least and largest extent, in pixels of CSS and of the PNG file.</summary>
    private const double Least = 100, Most = 10_000;

    private static readonly Dictionary<string, double> Units = new(StringComparer.Ordinal)
    {
        ["px"] = 1,
        ["in"] = PixelsPerInch,
        ["cm"] = PixelsPerInch / 2.54,
        ["mm"] = PixelsPerInch / 25.4,
        ["pt"] = PixelsPerInch / 72,
    };

    /// <summary>Parses WIDTHxHEIGHT with a unit, such as 6x4in, 12x8cm or 800x500; pixels without a unit. A size in a unit of
    /// length has 300 pixels per inch in a PNG file.</summary>
    /// <exception cref="FormatException">The text is not a size, or one that is too small or too large.</exception>
    public static FigureSize Parse(string text)
    {
        var unit = Units.Keys.FirstOrDefault(unit => text.EndsWith(unit, StringComparison.Ordinal));
        var numbers = text[..^(unit?.Length ?? 0)].Split('x');
        if (numbers.Length != 2
            || !double.TryParse(numbers[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var width)
            || !double.TryParse(numbers[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var height))
        {
            throw new FormatException($"'{text}' is not a size; write WIDTHxHEIGHT with px, in, cm, mm or pt, such as 6x4in or 800x500");
        }
        var scale = Units[unit ?? "px"];
        var size = new FigureSize(width * scale, height * scale, unit is null or "px" ? 1 : PrintedPerInch / PixelsPerInch);
        if (Math.Min(size.Width, size.Height) < Least || Math.Max(size.Width, size.Height) * size.Density > Most)
        {
            throw new FormatException(string.Create(
                CultureInfo.InvariantCulture,
                $"'{text}' is out of range; each side must be at least {Least} pixels of 1/96 inch, and at most"
                    + $" {Most} pixels of the file"));
        }
        return size;
    }
}
