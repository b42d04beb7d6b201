namespace Brink.Reports;

/// <summary>A figure as the page draws it.</summary>
/// <param name="Chapter">Title of its chapter.</param>
/// <param name="HasNegatives">True if a value is negative.</param>
/// <param name="Map">The map under the curves; null for none.</param>
/// <param name="Steps">The range of steps in the first view; null where x is another quantity.</param>
public sealed record FigureData(
    string Chapter,
    string Name,
    string Title,
    string XLabel,
    string YLabel,
    Level? Level,
    bool Log,
    bool LogX,
    bool HasNegatives,
    IReadOnlyList<string> Notes,
    MapData? Map,
    StepRange? Steps,
    IReadOnlyList<Curve> Curves)
{
    /// <summary>Returns the data of a figure.</summary>
    public static FigureData Of(string chapter, Figure figure) => new(
        chapter,
        figure.Name,
        figure.Title,
        figure.XLabel,
        figure.YLabel,
        figure.Level,
        figure.Log,
        figure.LogX,
        figure.HasNegatives,
        figure.Notes,
        figure.Map is { } map ? new(HeatMapImage.DataUri(map), map.Raster.X, map.Raster.Y, map.Label, map.Values) : null,
        figure.Steps,
        figure.Curves);
}
