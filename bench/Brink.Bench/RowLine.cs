using System.Text.Json;
using System.Text.Json.Serialization;

namespace Brink.Bench;

/// <summary>A row of a benchmark as one line of JSON, with the columns' names in snake case.</summary>
internal static class RowLine
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static string Of(object row) => JsonSerializer.Serialize(row, Format);

    public static TRow Read<TRow>(string line) => JsonSerializer.Deserialize<TRow>(line, Format)!;
}
