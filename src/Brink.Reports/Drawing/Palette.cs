namespace Brink.Reports;

/// <summary>The colours of the page and, unless others are selected, of the image files: those of Okabe and Ito, which
/// colour-blind readers can distinguish; and a map from light to dark for an ordered family of curves.</summary>
public static class Palette
{
    /// <summary>Colours as #RRGGBB: nearly black, light grey and violet.</summary>
    public const string Ink = "#1B1F24", Pale = "#B8C0C8", Violet = "#7A1FA2";

    private static readonly string[] Distinct =
        ["#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#000000"];

    /// <summary>Brewer's YlGnBu without its lightest colours, which are invisible on white.</summary>
    internal static ColourMap LightToDark { get; } = new("#9FDAB8", "#41B6C4", "#225EA8", "#081D58");

    /// <summary>Returns the colour of the i-th curve of a figure, i from 0.</summary>
    public static string Nth(int i) => Distinct[i % Distinct.Length];

    /// <summary>Returns the colour of the i-th of so many runs, i from 0: a distinct one, or one of an ordered family if there
    /// are more runs than distinct colours.</summary>
    public static string OfRun(int i, int count) => count <= Distinct.Length ? Nth(i) : Sequential(i, count);

    /// <summary>Returns the colour of the i-th of an ordered family of curves, i from 0.</summary>
    public static string Sequential(int i, int count) => LightToDark.HexAt(count < 2 ? 1 : i / (count - 1.0));

    /// <summary>Returns the colour at a share of the map, light at 0 and dark at 1.</summary>
    public static (byte Red, byte Green, byte Blue) At(double share) => LightToDark.At(share);
}
