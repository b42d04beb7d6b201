namespace Brink.Reports;

/// <summary>Figures that belong together, under one heading of the page.</summary>
public sealed record Chapter(string Title, IReadOnlyList<Figure> Figures);
