namespace Brink.Graphs.Export;

/// <summary>Text of a file as messages show it.</summary>
internal static class Shown
{
    private const int Longest = 80;   // characters

    /// <summary>The text in quotation marks, cut to 80 characters, without control characters.</summary>
    public static string Of(string text) => $"'{Plain(text)}'";

    /// <summary>The text cut to 80 characters, without control characters.</summary>
    public static string Plain(string text)
    {
        var start = text.Length > Longest ? $"{text.AsSpan(0, Longest)}..." : text;
        return string.Create(start.Length, start, (shown, from) =>
        {
            for (var i = 0; i < shown.Length; i++)
                shown[i] = char.IsControl(from[i]) || char.IsSurrogate(from[i]) || from[i] is '\u2028' or '\u2029' ? '?' : from[i];
        });
    }
}
