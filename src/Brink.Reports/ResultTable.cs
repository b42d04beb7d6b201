using Brink.Runs;

namespace Brink.Reports;

/// <summary>A table of the results that a manifest holds under one key.</summary>
/// <param name="Key">Name of the manifest key.</param>
/// <param name="Title">Subject of the table, in a few words.</param>
/// <param name="Head">Names of the columns.</param>
/// <param name="Rows">Returns the rows, each with one cell per column; none if a run has no such results.</param>
public sealed record ResultTable(string Key, string Title, IReadOnlyList<string> Head, Func<RunManifest, IReadOnlyList<string[]>> Rows)
{
    /// <summary>Returns a table with a row for each result.</summary>
    public static ResultTable Of<T>(ManifestKey<IReadOnlyList<T>?> key, string title, IReadOnlyList<string> head, Func<T, string[]> row) =>
        new(key.Name, title, head, manifest => [.. (manifest.Get(key) ?? []).Select(row)]);
}
