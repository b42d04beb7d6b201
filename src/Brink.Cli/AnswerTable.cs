namespace Brink.Cli;

/// <summary>A table on stdout: columns as wide as their widest cell.</summary>
internal static class AnswerTable
{
    public static void Write(IReadOnlyList<string> head, IReadOnlyList<string[]> rows)
    {
        if (rows.Count == 0) return;
        var widths = head.Select((cell, i) => rows.Max(row => Math.Max(row[i].Length, cell.Length))).ToArray();
        // At once: the console writes out every call.
        var lines = rows.Prepend([.. head]).Select(row => string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
        Console.Out.WriteLine(string.Join(Environment.NewLine, [.. lines, ""]));
    }
}
