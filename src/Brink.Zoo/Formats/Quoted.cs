using System.Globalization;
using System.Text;

namespace Brink.Zoo.Formats;

/// <summary>Formats text from a file for a message: whatever the file contains, the message is one readable line.</summary>
public static class Quoted
{
    private const int LongestText = 60, LongestLine = 800, End = 300;   // characters

    /// <summary>Returns 'text', shortened.</summary>
    public static string Of(string text) =>
        $"'{Escaped(text.Length > LongestText ? text[..LongestText] : text)}{(text.Length > LongestText ? "…" : "")}'";

    /// <summary>Returns a message that quotes other text as one line: its beginning, which states the place, and its end are
    /// kept.</summary>
    public static string OneLine(string message) => Escaped(message.Length > LongestLine
        ? $"{message[..(LongestLine - End)]} … {message[^End..]}"
        : message);

    private static string Escaped(string text)
    {
        if (text.All(IsShown)) return text;
        var escaped = new StringBuilder();
        foreach (var letter in text)
        {
            if (IsShown(letter)) escaped.Append(letter);
            else if (letter is '\n' or '\r' or '\t') escaped.Append(letter switch { '\n' => @"\n", '\r' => @"\r", _ => @"\t" });
            else escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
        }
        return escaped.ToString();
    }

    private static bool IsShown(char letter) => !char.IsControl(letter) && letter is not ('\u2028' or '\u2029' or '\uFEFF');
}
