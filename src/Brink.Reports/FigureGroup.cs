namespace Brink.Reports;

/// <summary>Figures that are drawn together under one name.</summary>
/// <param name="Panels">Names of the figures.</param>
public sealed record FigureGroup(string Name, IReadOnlyList<string> Panels);
