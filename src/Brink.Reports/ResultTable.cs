using Brink.Runs;

namespace Brink.Reports;

/// <summary>A table of the results that a manifest holds under one key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Title">Its subject, in a few words.</param>
/// <param name="Head">Names of the columns.</param>
/// <param name="Rows">Cells, as many in each row; no rows where a run has no such results.</param>
public sealed record ResultTable(string Key, string Title, IReadOnlyList<string> Head, Func<RunManifest, IReadOnlyList<string[]>> Rows)
{
    /// <summary>A table with a row for each result.</summary>
    public static ResultTable Of<T>(ManifestKey<IReadOnlyList<T>?> key, string title, IReadOnlyList<string> head, Func<T, string[]> row) =>
        new(key.Name, title, head, manifest => [.. (manifest.Get(key) ?? []).Select(row)]);
}
