namespace Brink.Reports;

/// <summary>Related figures under one heading of the page.</summary>
public sealed record Chapter(string Title, IReadOnlyList<Figure> Figures);
