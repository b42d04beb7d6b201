namespace Brink.Reports;

/// <summary>The data of a section of the page.</summary>
/// <param name="Runs">The runs, in the order of <see cref="Curve.Run"/>.</param>
/// <param name="Figures">The figures in reading order.</param>
public sealed record SectionData(IReadOnlyList<RunTimes> Runs, IReadOnlyList<FigureData> Figures);
