namespace Brink.Cli;

/// <summary>A table on stdout: columns as wide as their widest cell.</summary>
internal static class AnswerTable
{
    public static void Write(IReadOnlyList<string> head, IReadOnlyList<string[]> rows)
    {
        if (rows.Count == 0) return;
        var widths = head.Select((cell, i) => rows.Max(row => Math.Max(row[i].Length, cell.Length))).ToArray();
        foreach (var row in rows.Prepend([.. head]))
            Console.Out.WriteLine(string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
        Console.Out.WriteLine();
    }
}
