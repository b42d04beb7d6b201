using System.Text.RegularExpressions;

namespace Brink.Architecture.Tests;

/// <summary>Words and phrases that this project does not use, and what it writes in their place.</summary>
internal static class WordList
{
    /// <summary>Regular expressions, matched as whole words and without regard to case; a space stands for any white space.</summary>
    public static readonly IReadOnlyList<(string Avoided, string Preferred)> All =
    [
        // Calques.
        ("(go|goes|going|went) on", "continue"),
        ("(?<!there )(is|are|was|were) none", "is not, does not exist"),
        ("asks|asked|asking", "require, request, query; target"),
        ("dear(er|est)?", "expensive"),
        ("beside", "besides, next to, orthogonal to"),
        ("anew", "again"),
        ("by (itself|themselves)", "automatically, alone"),
        ("(tell|tells|told|telling)", "report, say, show"),
        ("to be had", "available"),
        ("(lie|lies|lay) (beside|next to|there|here|on disk|(in|under) the (folder|file|repository|store))", "is stored"),
        ("what is left of", "the rest of, the remaining"),
        ("of which there (is|are)", "of the available"),
        ("(no|not any) number", "not a number, non-finite"),
        ("numbers? ends?", "a value is not finite"),
        ("(none|nothing) but", "only"),
        ("whoever|whither|whence|thereby|therein|thereof|wherein|whereof|whereby|hitherto|henceforth|hereby", "a plain conjunction"),
        ("for want of", "because there is no"),
        ("likewise[.]", "a whole sentence"),
        ("in vain", "without effect"),
        ("(lay|lays|laid) down", "write, store"),
        ("(take|takes|took|taken) back", "undo, roll back"),
        ("as of old", "as before"),
        ("nothing to (go|continue) on with", "nothing to resume from"),

        // Metaphors for structure, and personification.
        ("house", "project, folder, module"),
        ("rooms?", "memory, space; project, folder"),
        ("companions?", "trajectory, neighbour"),
        ("challengers?", "guard vector"),
        ("(wakes|woke)", "start, resume"),
        ("(rests|rested|resting|may rest)", "stay, remain, is frozen"),
        ("speaks? of", "describe, mention"),

        // History and acceptance targets.
        ("formerly|previously|used to be", "what is true now"),
        ("asked:", "the measured number"),
    ];

    private static readonly IReadOnlyList<(Regex Expression, string Preferred)> Expressions =
    [
        .. All.Select(word => (
            new Regex(
                $@"(?<![\w-])(?:{word.Avoided.Replace(" ", @"\s+(?:(?:///?|#|\*)\s*)?", StringComparison.Ordinal)})(?!\w)",
                RegexOptions.IgnoreCase | RegexOptions.Compiled),
            word.Preferred)),
    ];

    /// <summary>Avoided words of a text, each with the number of its line, counted from 1.</summary>
    public static IEnumerable<(int Line, string Word, string Preferred)> Found(string text) =>
        from word in Expressions
        from Match match in word.Expression.Matches(text)
        let line = text.AsSpan(0, match.Index).Count('\n') + 1
        orderby line
        select (line, match.Value, word.Preferred);
}
