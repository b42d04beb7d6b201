using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Brink.Runs;

/// <summary>What a run says of itself: values in JSON by key (docs/run-format.md).</summary>
public sealed class RunManifest(IReadOnlyDictionary<string, string> values)
{
    internal static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public IEnumerable<string> Keys => values.Keys;

    public string Status => Text("status") ?? "unknown";

    public string? Text(string key) => Node(key)?.GetValue<string>();

    public double? Number(string key) => Node(key) switch
    {
        null => null,
        // NaN and the infinities, which JSON has no numbers for.
        { } node when node.GetValueKind() == JsonValueKind.String => double.Parse(node.GetValue<string>(), CultureInfo.InvariantCulture),
        { } node => node.GetValue<double>(),
    };

    /// <summary>The value of a key as JSON, null where there is none.</summary>
    public JsonNode? Node(string key) => values.TryGetValue(key, out var text) ? JsonNode.Parse(text) : null;
}
