using System.Globalization;

namespace Brink.Reports;

/// <summary>All points of a sweep with the results of their runs.</summary>
/// <param name="Name">Name of the sweep.</param>
/// <param name="Axes">The settings that differ.</param>
/// <param name="Rows">The points.</param>
public sealed record SweepTable(string Name, IReadOnlyList<SweepSetting> Axes, IReadOnlyList<SweepRow> Rows)
{
    /// <summary>The names of all results, in the order in which the runs have them.</summary>
    public IReadOnlyList<string> Results => [.. Rows.SelectMany(row => row.Results.Keys).Distinct(StringComparer.Ordinal)];

    /// <summary>Counts the points by status, in the order in which the statuses occur.</summary>
    public IReadOnlyList<(string Status, int Count)> Counts =>
        [.. Rows.GroupBy(row => row.Status, StringComparer.Ordinal).Select(group => (group.Key, group.Count()))];

    /// <summary>Returns the table as CSV (RFC 4180): a row for each point, a column for each axis and each result. A result that a
    /// run does not have is empty.</summary>
    public string Csv()
    {
        var results = Results;
        IEnumerable<string> head = ["point", .. Axes.Select(axis => axis.Path), "status", "message", .. results];
        var rows = Rows.Select(row => (IEnumerable<string>)
        [
            row.Index.ToString(CultureInfo.InvariantCulture), .. row.Values, row.Status, row.Message,
            .. results.Select(name => Text(row, name)),
        ]);
        return string.Concat(rows.Prepend(head).Select(cells => string.Join(',', cells.Select(Cell)) + "\n"));
    }

    private static string Text(SweepRow row, string result) =>
        row.Results.TryGetValue(result, out var value) ? value.ToString("R", CultureInfo.InvariantCulture) : "";

    private static string Cell(string text) => text.AsSpan().ContainsAny(",\"\n\r")
        ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        : text;
}

/// <summary>A setting that differs between the points of a sweep.</summary>
/// <param name="Path">Path of the setting.</param>
/// <param name="IsLogarithmic">True if its values are from a logarithmic range.</param>
public sealed record SweepSetting(string Path, bool IsLogarithmic);
