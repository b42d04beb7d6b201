using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Brink.Lab;

/// <summary>The keys of a sweep besides those of its study.</summary>
/// <param name="Axes">The axes, in the order of the file.</param>
/// <param name="Random">The random search; null for a grid.</param>
/// <param name="Folder">Folder where relative paths in the values of axes start.</param>
/// <param name="Text">The keys as YAML.</param>
internal sealed partial record SweepYaml(IReadOnlyList<SweepAxis> Axes, RandomSearch? Random, string Folder, string Text)
{
    private const string AxesKey = "axes", RandomKey = "random", FolderKey = "folder";

    private const string From = "from", To = "to", Points = "points", Seed = "seed", Scale = "scale", Whole = "whole";

    private const string Linear = "linear", Logarithmic = "logarithmic";

    // Values are settings, at most a model with a list of sizes. An alias can contain itself.
    private const int Deepest = 6;

    /// <summary>Reads the keys and removes them from the mapping.</summary>
    /// <param name="root">Content of the file.</param>
    /// <param name="folder">Folder where relative paths start if the mapping does not name another.</param>
    /// <exception cref="ExperimentException">A key is missing or invalid.</exception>
    public static SweepYaml Taken(YamlMappingNode root, string folder)
    {
        var (axes, random, other) = (Take(root, AxesKey), Take(root, RandomKey), Take(root, FolderKey));
        if (axes is null) throw new ExperimentException($"the key '{AxesKey}' is missing; list the settings that differ under it");
        if (axes is not YamlMappingNode { Children.Count: > 0 } settings)
        {
            throw new ExperimentException(
                $"{AxesKey}: a mapping of paths to lists or ranges is expected, such as learning_rate: [0.1, 0.2]");
        }
        var start = other is null ? folder : Path.GetFullPath(StudyYaml.Text(other, FolderKey), folder);
        var search = random is null ? null : Search(random);
        return new(
            [.. settings.Select(axis => Axis(StudyYaml.Text(axis.Key, "a key of axes"), axis.Value, search is not null))],
            search,
            start,
            $"{FolderKey}: {Quoted(start)}\n{AxesKey}:\n"
                + string.Concat(settings.Select(axis => $"  {StudyYaml.Text(axis.Key, AxesKey)}: {Flow(axis.Value, AxesKey)}\n"))
                + (random is null ? "" : $"{RandomKey}: {Flow(random, RandomKey)}\n"));
    }

    private static YamlNode? Take(YamlMappingNode root, string key)
    {
        var found = root.Children.TryGetValue(key, out var node) ? node : null;
        root.Children.Remove(key);
        return found;
    }

    private static RandomSearch Search(YamlNode node)
    {
        var keys = Keys(node, RandomKey, Points, Seed);
        return new(Whole1(keys, RandomKey, Points), (long)(Number(keys, RandomKey, Seed) ?? 0));
    }

    private static SweepAxis Axis(string path, YamlNode node, bool isRandom)
    {
        var where = $"{AxesKey}.{path}";
        if (!SettingPath().IsMatch(path))
            throw new ExperimentException($"{where}: the path of a setting is expected, such as data.samples");
        if (node is YamlSequenceNode list)
        {
            string[] values = [.. list.Select(item => Flow(item, where)).Distinct(StringComparer.Ordinal)];
            return values.Length > 0 ? new(path, values, null) : throw new ExperimentException($"{where}: an empty list");
        }
        if (node is not YamlMappingNode)
            throw new ExperimentException($"{where}: a list of values is expected, or a range such as {{from: 0.01, to: 0.1, points: 5}}");
        var keys = isRandom ? Keys(node, where, From, To, Scale, Whole) : Keys(node, where, From, To, Points, Scale, Whole, Seed);
        var range = Range(keys, where);
        if (isRandom) return new(path, [], range);
        var count = Whole1(keys, where, Points);
        var seed = Number(keys, where, Seed);
        var shares = Enumerable.Range(0, count).Select(i =>
            seed is { } given ? RandomSearch.Share((long)given, i + 1, 0) : count == 1 ? 0 : i / (count - 1.0));
        // Neighbours can become equal where values are rounded.
        return new(path, [.. shares.Select(range.At).Distinct(StringComparer.Ordinal)], range);
    }

    private static SweepRange Range(IReadOnlyDictionary<string, YamlNode> keys, string where)
    {
        var from = Number(keys, where, From) ?? throw new ExperimentException($"{where}.{From}: is missing");
        var to = Number(keys, where, To) ?? throw new ExperimentException($"{where}.{To}: is missing");
        var scale = keys.TryGetValue(Scale, out var text) ? StudyYaml.Text(text, $"{where}.{Scale}") : Linear;
        if (scale is not (Linear or Logarithmic))
            throw new ExperimentException($"{where}.{Scale}: '{scale}' is unknown{Nearest.Hint(scale, [Linear, Logarithmic])}");
        if (scale == Logarithmic && !(from > 0 && to > 0))
            throw new ExperimentException($"{where}: from {from} to {to}; a logarithmic range must be above 0");
        var whole = keys.TryGetValue(Whole, out var yes) ? StudyYaml.Text(yes, $"{where}.{Whole}") : "false";
        if (whole is not ("true" or "false")) throw new ExperimentException($"{where}.{Whole}: '{whole}' is not true or false");
        return new(from, to, scale == Logarithmic, whole == "true");
    }

    private static Dictionary<string, YamlNode> Keys(YamlNode node, string where, params string[] known)
    {
        if (node is not YamlMappingNode mapping)
            throw new ExperimentException($"{where}: a mapping ({string.Join(", ", known)}) is expected");
        var keys = mapping.Children.ToDictionary(
            pair => StudyYaml.Text(pair.Key, $"a key of {where}"), pair => pair.Value, StringComparer.Ordinal);
        return keys.Keys.FirstOrDefault(key => !known.Contains(key)) is { } unknown
            ? throw new ExperimentException($"{where}.{unknown}: no such key{Nearest.Hint(unknown, known)}")
            : keys;
    }

    private static double? Number(IReadOnlyDictionary<string, YamlNode> keys, string where, string key)
    {
        if (!keys.TryGetValue(key, out var node)) return null;
        var text = StudyYaml.Text(node, $"{where}.{key}");
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : throw new ExperimentException($"{where}.{key}: '{text}' is not a number");
    }

    private static int Whole1(IReadOnlyDictionary<string, YamlNode> keys, string where, string key)
    {
        const int most = 1_000_000;
        var number = Number(keys, where, key) ?? throw new ExperimentException($"{where}.{key}: is missing");
        return number is >= 1 and <= most && number == Math.Floor(number)
            ? (int)number
            : throw new ExperimentException($"{where}.{key}: {number}; a whole number from 1 to {most} is expected");
    }

    /// <summary>Writes a node in one line.</summary>
    private static string Flow(YamlNode node, string where, int depth = 0) => node switch
    {
        _ when depth > Deepest => throw new ExperimentException($"{where}: a value is nested more than {Deepest} levels deep"),
        YamlSequenceNode list => $"[{string.Join(", ", list.Select(item => Flow(item, where, depth + 1)))}]",
        YamlMappingNode members =>
            $"{{{string.Join(", ", members.Select(one => $"{Flow(one.Key, where, depth + 1)}: {Flow(one.Value, where, depth + 1)}"))}}}",
        YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" } => "null",
        YamlScalarNode { Style: ScalarStyle.Plain, Value: var text } when PlainText().IsMatch(text) => text,
        YamlScalarNode scalar => Quoted(scalar.Value ?? ""),
        _ => throw new ExperimentException($"{where}: a value is expected"),
    };

    // Strings of JSON are strings of YAML.
    private static string Quoted(string text) => JsonSerializer.Serialize(text);

    [GeneratedRegex(@"^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SettingPath();

    [GeneratedRegex(@"^[A-Za-z0-9_.+/~-]+$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex PlainText();
}
