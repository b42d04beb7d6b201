namespace Brink.Reports;

/// <summary>The colours of a figure in a file; colour-blind readers can distinguish those of every scheme.</summary>
/// <param name="Name">Name on the command line.</param>
/// <param name="Colours">Colours of the curves, as #RRGGBB.</param>
public sealed record ColourScheme(string Name, IReadOnlyList<string> Colours)
{
    // Seven greys can hardly be distinguished, and the lightest must show on white.
    private const string LightGrey = "#B4B4B4";

    /// <summary>The colours that figures have on the page.</summary>
    public static ColourScheme Default { get; } = new("default", []);

    /// <summary>All schemes by name.</summary>
    public static IReadOnlyList<ColourScheme> All { get; } =
    [
        Default,

        // Okabe and Ito (2008), "Color Universal Design", in their order.
        new("okabe-ito", ["#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7"]),

        // Tol (2021), "Colour schemes", figure 1.
        new("tol-bright", ["#4477AA", "#EE6677", "#228833", "#CCBB44", "#66CCEE", "#AA3377", "#BBBBBB"]),

        // The default map of Matplotlib, without its yellow end for curves.
        new("viridis", [])
        {
            Map = new(
                "#440154", "#482878", "#3E4A89", "#31688E", "#26828E", "#1F9E89", "#35B779", "#6ECE58", "#B5DE2B", "#FDE725"),
            Reach = 0.8,
        },
        new("grey", []) { Map = new("#000000", LightGrey), HasDashes = true },
    ];

    /// <summary>The colours of an ordered family and of heat maps; null for those of the page.</summary>
    internal ColourMap? Map { get; init; }

    /// <summary>The share of the map that curves use.</summary>
    internal double Reach { get; init; } = 1;

    /// <summary>True if curves differ by their dashes as well.</summary>
    public bool HasDashes { get; init; }

    /// <summary>Returns the figures with the colours of this scheme: one colour has the same replacement in every panel. Ink and
    /// the pale lines of the background stay as they are.</summary>
    public IReadOnlyList<Figure> Applied(IReadOnlyList<Figure> figures)
    {
        if (Colours.Count == 0 && Map is null) return figures;
        List<string> present =
        [
            .. figures.SelectMany(figure => figure.Curves)
                .Select(curve => curve.Colour)
                .Except([Palette.Ink, Palette.Pale], StringComparer.OrdinalIgnoreCase),
        ];
        var dashes = Enum.GetValues<Dash>();
        return [.. figures.Select(figure =>
        {
            var solid = HasDashes && figure.Curves.All(curve => curve.Dash == Dash.Solid);
            return figure with { Curves = [.. figure.Curves.Select(Recoloured)], Legend = figure.Legend?.Select(Recoloured).ToList() };

            Curve Recoloured(Curve curve) =>
                present.FindIndex(colour => colour.Equals(curve.Colour, StringComparison.OrdinalIgnoreCase)) is var i && i < 0
                ? curve
                : curve with { Colour = Nth(i, present.Count), Dash = solid ? dashes[i % dashes.Length] : curve.Dash };
        })];
    }

    private string Nth(int i, int count) => Map is { } map
        ? map.HexAt(count < 2 ? 0 : Reach * i / (count - 1))
        : Colours[i % Colours.Count];
}
