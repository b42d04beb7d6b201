namespace Brink.Reports;

/// <summary>A table of a report.</summary>
/// <param name="Title">Subject of the table, in a few words.</param>
/// <param name="Head">Names of the columns; empty for a table of names and values.</param>
/// <param name="Rows">Rows, all with the same number of cells.</param>
public sealed record Table(string Title, IReadOnlyList<string> Head, IReadOnlyList<string[]> Rows);
