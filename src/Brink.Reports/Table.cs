namespace Brink.Reports;

/// <summary>A table of a report.</summary>
/// <param name="Title">Its subject, in a few words.</param>
/// <param name="Head">Names of the columns; empty for names and values side by side.</param>
/// <param name="Rows">Cells, as many in each row.</param>
public sealed record Table(string Title, IReadOnlyList<string> Head, IReadOnlyList<string[]> Rows);
