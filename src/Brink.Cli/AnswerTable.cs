namespace Brink.Cli;

/// <summary>A table on stdout: columns as wide as their widest cell.</summary>
internal static class AnswerTable
{
    /// <param name="head">Names of the columns; empty for a table without them.</param>
    /// <param name="rows">Cells, the same number in each row.</param>
    public static void Write(IReadOnlyList<string> head, IReadOnlyList<string[]> rows)
    {
        if (rows.Count == 0) return;
        var all = head.Count > 0 ? rows.Prepend([.. head]) : rows;
        var widths = rows[0].Select((_, i) => all.Max(row => row[i].Length)).ToArray();
        // One call: the console flushes after every call.
        var lines = all.Select(row => string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
        Console.Out.WriteLine(string.Join(Environment.NewLine, [.. lines, ""]));
    }
}
