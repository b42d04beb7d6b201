using System.Globalization;

namespace Brink.Reports;

/// <summary>The colours of the page and of the image files: those of Okabe and Ito, which colour-blind readers can
/// distinguish; and a map from light to dark for an ordered family of curves.</summary>
public static class Palette
{
    public const string Ink = "#1B1F24", Pale = "#B8C0C8", Violet = "#7A1FA2";

    private static readonly string[] Distinct =
        ["#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#000000"];

    /// <summary>Brewer's YlGnBu without its lightest colours, which are invisible on white.</summary>
    private static readonly (int Red, int Green, int Blue)[] LightToDark =
        [(0x9F, 0xDA, 0xB8), (0x41, 0xB6, 0xC4), (0x22, 0x5E, 0xA8), (0x08, 0x1D, 0x58)];

    /// <summary>Returns the colour of the i-th curve of a figure, i from 0.</summary>
    public static string Nth(int i) => Distinct[i % Distinct.Length];

    /// <summary>Returns the colour of the i-th of an ordered family of curves, i from 0.</summary>
    public static string Sequential(int i, int count)
    {
        var (red, green, blue) = At(count < 2 ? 1 : i / (count - 1.0));
        return string.Create(CultureInfo.InvariantCulture, $"#{red:X2}{green:X2}{blue:X2}");
    }

    /// <summary>Returns the colour at a share of the map, light at 0 and dark at 1.</summary>
    public static (byte Red, byte Green, byte Blue) At(double share)
    {
        var place = share * (LightToDark.Length - 1);
        var stop = Math.Min((int)place, LightToDark.Length - 2);
        var (a, b) = (LightToDark[stop], LightToDark[stop + 1]);
        return (Between(a.Red, b.Red), Between(a.Green, b.Green), Between(a.Blue, b.Blue));

        byte Between(int from, int to) => (byte)Math.Round(from + ((place - stop) * (to - from)));
    }
}
