using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Brink.Runs;

/// <summary>The JSON format of runs and of the command line: names in snake_case, enumerations in kebab-case, NaN and
/// infinities by name.</summary>
public static class RunJson
{
    /// <summary>The options of the serializer for this format.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    /// <summary>Converts a value to JSON in this format; null stays null.</summary>
    public static JsonNode? Node(object? value) => JsonSerializer.SerializeToNode(value, Options);
}
