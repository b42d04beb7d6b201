using System.Text.Json;
using System.Text.Json.Nodes;
using Brink.Runs;

namespace Brink.Reports;

/// <summary>The settings of runs that differ.</summary>
public static class RunSettings
{
    private const string None = "–";

    /// <summary>Returns the settings in which runs differ, in the order of their experiments.</summary>
    /// <returns>Path of each setting, such as tracking.steps, and its value in every run.</returns>
    public static IReadOnlyList<(string Path, IReadOnlyList<string> Values)> Differences(IReadOnlyList<RunReader> runs)
    {
        var settings = runs.Select(run => Of(run.Manifest())).ToArray();
        return
        [
            .. settings.SelectMany(one => one.Select(pair => pair.Path)).Distinct(StringComparer.Ordinal)
                .Select(path => (path, (IReadOnlyList<string>)[.. settings.Select(one => Value(one, path))]))
                .Where(row => row.Item2.Distinct(StringComparer.Ordinal).Skip(1).Any()),
        ];
    }

    /// <summary>Returns the settings of one run by path; none if its manifest has no experiment.</summary>
    public static IReadOnlyList<(string Path, string Value)> Of(RunManifest manifest)
    {
        var text = manifest.Get(RunSchema.Experiment) ?? "";
        try
        {
            if (JsonNode.Parse(text) is JsonObject members) return [.. Members("", members)];
        }
        catch (JsonException)
        {
            // YAML.
        }
        return Yaml(text);
    }

    private static string Value(IEnumerable<(string Path, string Value)> settings, string path) =>
        settings.FirstOrDefault(pair => pair.Path == path) is { Value: { Length: > 0 } value } ? value : None;

    private static IEnumerable<(string Path, string Value)> Members(string path, JsonObject members) => members.SelectMany(member =>
        member.Value is JsonObject inner
            ? Members($"{path}{member.Key}.", inner)
            : [($"{path}{member.Key}", member.Value is JsonArray list ? list.ToJsonString() : member.Value?.ToString() ?? "")]);

    /// <summary>Reads an experiment as it is saved with a run: a key a line, indented below the key that it belongs to, or an
    /// item of a list.</summary>
    private static List<(string Path, string Value)> Yaml(string text)
    {
        var settings = new List<(string Path, string Value)>();
        var above = new Stack<(int Indentation, string Path)>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var content = line.Trim();
            if (content.StartsWith("- ", StringComparison.Ordinal) && settings.Count > 0)
            {
                var (path, items) = settings[^1];
                settings[^1] = (path, items.Length == 0 ? content[2..] : $"{items}, {content[2..]}");
                continue;
            }
            var colon = content.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0) continue;
            var indentation = line.Length - line.TrimStart().Length;
            while (above.TryPeek(out var last) && last.Indentation >= indentation) above.Pop();
            var full = (above.TryPeek(out var parent) ? parent.Path + "." : "") + content[..colon];
            above.Push((indentation, full));
            settings.Add((full, content[(colon + 1)..].Trim().Trim('\'', '"')));
        }
        return settings;
    }
}
