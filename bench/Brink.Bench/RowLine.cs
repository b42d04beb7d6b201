using System.Text.Json;
using Brink.Runs;

namespace Brink.Bench;

/// <summary>A row of a benchmark as one line of JSON, with the columns' names in snake case.</summary>
internal static class RowLine
{
    public static string Of(object row) => JsonSerializer.Serialize(row, RunJson.Options);

    public static TRow Read<TRow>(string line) => JsonSerializer.Deserialize<TRow>(line, RunJson.Options)!;
}
