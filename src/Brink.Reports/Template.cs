namespace Brink.Reports;

/// <summary>Fills in the templates of pages, which are embedded in this assembly.</summary>
internal static class Template
{
    /// <summary>Fills in the placeholders of a template. The template is split at them first, since a value may contain text
    /// that looks like a placeholder.</summary>
    public static string Filled(string template, Dictionary<string, string> parts) => string.Concat(
        Resources.Text(template).Split("{{").Select((piece, i) =>
        {
            if (i == 0) return piece;
            var end = piece.IndexOf("}}", StringComparison.Ordinal);
            return parts[piece[..end]] + piece[(end + 2)..];
        }));
}
