using Brink.Zoo.Formats;

namespace Brink.Zoo.Checkpoints;

/// <summary>Which name of a checkpoint each name of a model has.</summary>
/// <param name="ByModelName">Name in the checkpoint by the name in the model, in the order of the model.</param>
/// <param name="Rule">How the names differ, for example <c>without the prefix 'module.'</c>; null where they are equal.</param>
/// <param name="Missing">Names of the model that the checkpoint does not have.</param>
/// <param name="Unused">Names of the checkpoint that the model does not have.</param>
public sealed record NameMapping(
    IReadOnlyDictionary<string, string> ByModelName, string? Rule, IReadOnlyList<string> Missing, IReadOnlyList<string> Unused)
{
    private const string Boundaries = "./_:";
    private const int Shown = 10;   // names in a sentence
    private const int LongestName = 1000;   // characters; longer names are compared as a whole only

    /// <summary>Describes the mapping in a sentence: the rule, the number of names found, and the names that were not.</summary>
    public string Summary =>
        $"{ByModelName.Count} of {ByModelName.Count + Missing.Count} names of the model are in the checkpoint"
            + (Rule is null ? "" : $" {Rule}")
            + (Missing.Count == 0 ? "" : $"; missing: {List(Missing)}")
            + (Unused.Count == 0 ? "" : $"; the model does not have: {List(Unused)}");

    /// <summary>Finds the mapping that gives the most names of the model: equal names, or one prefix or one suffix that the names of
    /// the checkpoint have in addition or lack.</summary>
    /// <param name="checkpoint">Names of the checkpoint.</param>
    /// <param name="model">Names of the model.</param>
    /// <param name="path">Path of the checkpoint, for messages.</param>
    /// <exception cref="InvalidDataException">Several prefixes or suffixes give equally many names.</exception>
    public static NameMapping Of(IEnumerable<string> checkpoint, IEnumerable<string> model, string path)
    {
        string[] stored = [.. checkpoint.Distinct(StringComparer.Ordinal)];
        string[] expected = [.. model.Distinct(StringComparer.Ordinal)];
        var names = stored.ToHashSet(StringComparer.Ordinal);
        var rules = Counted(stored, expected)
            .Concat(Counted(expected, stored).Select(one => (one.Affix with { IsAdded = false }, one.Count)));
        var equal = expected.Count(names.Contains);
        var best = rules.GroupBy(one => one.Count, one => one.Item1).MaxBy(group => group.Key);
        if (best is null || best.Key <= equal) return Made(stored, expected, null);
        Affix[] affixes = [.. best];
        if (affixes.Length > 1)
        {
            throw new InvalidDataException(
                $"{path}: the names are ambiguous: those of the model are in the checkpoint "
                    + $"{Quoted.OneLine(string.Join(" and also ", affixes.Take(3).Select(one => one.Rule)))}; "
                    + "save the state dict of one model only");
        }
        return Made(stored, expected, affixes[0]);
    }

    /// <summary>Maps names that differ altogether by the shapes of their tensors, and equal shapes by the order of their names; null
    /// unless both have the same shapes equally often.</summary>
    /// <param name="checkpoint">Names and shapes of the checkpoint.</param>
    /// <param name="model">Names and shapes of the model, in its order.</param>
    public static NameMapping? ByShape(
        IEnumerable<(string Name, IReadOnlyList<long> Shape)> checkpoint, IEnumerable<(string Name, IReadOnlyList<long> Shape)> model)
    {
        var stored = checkpoint.GroupBy(one => Text(one.Shape)).ToDictionary(
            group => group.Key,
            group => new Queue<string>(group.Select(one => one.Name).Order(NaturalOrder.Instance)),
            StringComparer.Ordinal);
        var byModelName = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, shape) in model)
        {
            if (!stored.TryGetValue(Text(shape), out var names) || !names.TryDequeue(out var there)) return null;
            byModelName.Add(name, there);
        }
        return stored.Values.Any(names => names.Count > 0)
            ? null
            : new(byModelName, "by their shapes, and equal shapes in the order of the names", [], []);

        static string Text(IReadOnlyList<long> shape) => string.Join(',', shape);
    }

    /// <summary>Counts the pairs of a longer and a shorter name for each prefix and each suffix that completes the shorter to the
    /// longer one. An affix has at its inner end a dot or another boundary of a name.</summary>
    private static IEnumerable<(Affix Affix, int Count)> Counted(IEnumerable<string> longer, IEnumerable<string> shorter)
    {
        var known = shorter.ToHashSet(StringComparer.Ordinal);
        return longer.SelectMany(name => Affixes(name, known)).CountBy(affix => affix).Select(one => (one.Key, one.Value));
    }

    private static IEnumerable<Affix> Affixes(string name, HashSet<string> known)
    {
        for (var i = 1; i < name.Length && name.Length <= LongestName; i++)
        {
            if (Boundaries.Contains(name[i - 1]) && known.Contains(name[i..])) yield return new(name[..i], IsPrefix: true, IsAdded: true);
            if (Boundaries.Contains(name[i]) && known.Contains(name[..i])) yield return new(name[i..], IsPrefix: false, IsAdded: true);
        }
    }

    private static NameMapping Made(string[] stored, string[] expected, Affix? affix)
    {
        var names = stored.ToHashSet(StringComparer.Ordinal);
        var byModelName = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in expected)
        {
            if ((affix is null ? name : affix.Stored(name)) is { } there && names.Contains(there)) byModelName.Add(name, there);
        }
        return new(
            byModelName,
            affix?.Rule,
            [.. expected.Where(name => !byModelName.ContainsKey(name))],
            [.. stored.Except(byModelName.Values, StringComparer.Ordinal)]);
    }

    private static string List(IReadOnlyList<string> names) => Quoted.OneLine(
        string.Join(", ", names.Take(Shown)) + (names.Count > Shown ? $" and {names.Count - Shown} more" : ""));

    /// <summary>A prefix or suffix by which names differ.</summary>
    /// <param name="IsAdded">True where the names of the checkpoint have it, false where those of the model do.</param>
    private sealed record Affix(string Text, bool IsPrefix, bool IsAdded)
    {
        public string Rule => $"{(IsAdded ? "with" : "without")} the {(IsPrefix ? "prefix" : "suffix")} {Quoted.Of(Text)}";

        /// <summary>Returns the name in the checkpoint, or null where the name of the model lacks the affix.</summary>
        public string? Stored(string name) => IsAdded ? IsPrefix ? Text + name : name + Text
            : IsPrefix ? (name.StartsWith(Text, StringComparison.Ordinal) ? name[Text.Length..] : null)
            : name.EndsWith(Text, StringComparison.Ordinal) ? name[..^Text.Length] : null;
    }
}
