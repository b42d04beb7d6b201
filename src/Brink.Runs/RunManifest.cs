using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Brink.Runs;

/// <summary>The manifest of a run: values in JSON by key (docs/reference/run-format.md).</summary>
public sealed class RunManifest(IReadOnlyDictionary<string, string> values)
{
    /// <summary>The keys that the run has.</summary>
    public IEnumerable<string> Keys => values.Keys;

    /// <summary>The name of the status (<see cref="RunStatus"/>); "unknown" if the manifest has none.</summary>
    public string Status => Get(RunSchema.Status) ?? "unknown";

    /// <summary>The kind of study of the run; null if the manifest does not determine it.</summary>
    public string? Kind => Get(RunSchema.Kind) ?? FormatThree.Kind(this);

    /// <summary>Returns the value of a key; null if the run has no such key.</summary>
    /// <exception cref="RunStoreException">The value does not have the type of the key.</exception>
    public T? Get<T>(ManifestKey<T> key)
    {
        if (!values.TryGetValue(key.Name, out var text)) return default;
        try
        {
            return JsonSerializer.Deserialize<T>(text, RunJson.Options);
        }
        catch (JsonException e)
        {
            throw new RunStoreException($"the manifest of the run is damaged: {key.Name} is {text[..Math.Min(60, text.Length)]}", e);
        }
    }

    /// <summary>Returns the value of a key that is a text; null if the run has no such key.</summary>
    public string? Text(string key) => Node(key)?.GetValue<string>();

    /// <summary>Returns the value of a key that is a number; null if the run has no such key.</summary>
    public double? Number(string key) => Node(key) switch
    {
        null => null,
        // NaN and the infinities are strings, since JSON has no numbers for them.
        { } node when node.GetValueKind() == JsonValueKind.String => double.Parse(node.GetValue<string>(), CultureInfo.InvariantCulture),
        { } node => node.GetValue<double>(),
    };

    /// <summary>Returns the value of a key as JSON; null if the run has no such key.</summary>
    public JsonNode? Node(string key) => values.TryGetValue(key, out var text) ? JsonNode.Parse(text) : null;
}
