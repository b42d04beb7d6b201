using System.Text;

namespace Brink.Graphs;

/// <summary>Texts of files in messages, which have one line.</summary>
internal static class Quoted
{
    private const int LongestText = 80;
    private const int LongestLine = 200;

    /// <summary>Returns a text in quotation marks, shortened, without line breaks.</summary>
    public static string Of(string text) => $"'{Escaped(text, LongestText)}'";

    /// <summary>Returns a text shortened and without line breaks.</summary>
    public static string OneLine(string text) => Escaped(text, LongestLine);

    private static string Escaped(string text, int longest)
    {
        var shown = new StringBuilder();
        foreach (var letter in text.AsSpan(0, Math.Min(text.Length, longest)))
        {
            if (char.IsControl(letter) || char.IsSurrogate(letter) || letter is '\u2028' or '\u2029' or '\uFEFF')
                shown.Append($"\\u{(int)letter:x4}");
            else
                shown.Append(letter);
        }
        return text.Length > longest ? shown.Append('…').ToString() : shown.ToString();
    }
}
