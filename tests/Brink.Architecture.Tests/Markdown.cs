using System.Text.RegularExpressions;

namespace Brink.Architecture.Tests;

/// <summary>A Markdown file of this checkout: its prose, headings, links and code spans.</summary>
/// <param name="Path">Path relative to the root.</param>
/// <param name="Text">Its lines.</param>
internal sealed partial record Markdown(string Path, IReadOnlyList<string> Text)
{
    /// <summary>The README and all files of docs/.</summary>
    public static IReadOnlyList<Markdown> All { get; } =
    [
        .. Directory.EnumerateFiles(System.IO.Path.Combine(Checkout.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Append(System.IO.Path.Combine(Checkout.Root, "README.md"))
            .Select(file => System.IO.Path.GetRelativePath(Checkout.Root, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)
            .Select(Read),
    ];

    public static Markdown Read(string path) => new(path, File.ReadAllLines(System.IO.Path.Combine(Checkout.Root, path)));

    /// <summary>The lines outside of fenced code, each with its number from 1.</summary>
    public IEnumerable<(int Number, string Line)> OutsideFences()
    {
        var fenced = false;
        foreach (var (i, line) in Text.Index())
        {
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal)) fenced = !fenced;
            else if (!fenced) yield return (i + 1, line);
        }
    }

    /// <summary>The links, with the text that is shown, the target and the number of their line.</summary>
    public IEnumerable<(int Number, string Shown, string Target)> Links() =>
        from at in Paragraphs()
        from match in Link().Matches(at.Text)
        select (at.Number, match.Groups["shown"].Value, match.Groups["target"].Value);

    /// <summary>The code spans, with the number of their line.</summary>
    public IEnumerable<(int Number, string Code)> CodeSpans() =>
        from at in Paragraphs()
        from match in CodeSpan().Matches(at.Text)
        select (at.Number, match.Groups[1].Value);

    /// <summary>The anchors of the headings, as GitHub and docfx make them.</summary>
    public IReadOnlySet<string> Anchors()
    {
        var anchors = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (_, line) in OutsideFences().Where(at => Heading().IsMatch(at.Line)))
        {
            var anchor = NotInAnchor().Replace(Heading().Replace(line, "").ToLowerInvariant(), "").Trim().Replace(' ', '-');
            var unique = anchor;
            for (var n = 1; !anchors.Add(unique); n++) unique = $"{anchor}-{n}";
        }
        return anchors;
    }

    /// <summary>The length of a line without the targets of its links, which cannot be wrapped.</summary>
    public static int ShownLength(string line) => Link().Replace(line, match => match.Groups["shown"].Value).Length;

    /// <summary>Consecutive lines outside of fences, joined: a link or a code span may continue on the next line.</summary>
    private IEnumerable<(int Number, string Text)> Paragraphs()
    {
        var lines = new List<(int Number, string Line)>();
        foreach (var at in OutsideFences().Append((Number: int.MaxValue, Line: "")))
        {
            if (lines.Count > 0 && (at.Line.Length == 0 || at.Line[0] == '|' || at.Number != lines[^1].Number + 1))
            {
                yield return (lines[0].Number, string.Join(' ', lines.Select(one => one.Line.Trim())));
                lines.Clear();
            }
            if (at.Line.Length > 0) lines.Add(at);
        }
    }

    [GeneratedRegex(@"(?<!\\)\[(?<shown>(?:`[^`]*`|[^\[\]`])*)\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex("^#{1,6} ")]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N}\- _]")]
    private static partial Regex NotInAnchor();
}
