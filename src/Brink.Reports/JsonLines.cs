using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Brink.Reports;

/// <summary>Formats JSON values for a person: names and values, and a table for each list of objects.</summary>
internal sealed class JsonLines
{
    // Longer tables and lists are cut, with a note.
    private const int MostRows = 30, MostNumbers = 12;

    private const string None = "–";

    private readonly List<string[]> _lines = [];
    private readonly List<Table> _tables = [];

    /// <summary>Rows of a name and a value.</summary>
    public IReadOnlyList<string[]> Lines => _lines;

    public IReadOnlyList<Table> Tables => _tables;

    /// <summary>Adds a value under its key; an object adds a line for each of its members.</summary>
    public void Add(string key, JsonNode? value)
    {
        switch (value)
        {
            case null or JsonArray { Count: 0 }:
                break;
            case JsonObject members:
                foreach (var (name, member) in members) Add($"{key} {name}", member);
                break;
            case JsonArray list when list.All(item => item is JsonObject):
                _tables.Add(TableOf(Words(key), [.. list.Select(item => Cells(item!.AsObject()))]));
                break;
            default:
                _lines.Add([Words(key), Text(value)]);
                break;
        }
    }

    private static Table TableOf(string title, IReadOnlyList<Dictionary<string, string>> rows)
    {
        string[] head = [.. rows.SelectMany(row => row.Keys).Distinct(StringComparer.Ordinal)];
        var cells = rows.Take(MostRows).Select(row => head.Select(name => row.GetValueOrDefault(name, None)).ToArray());
        if (rows.Count > MostRows) cells = cells.Append([$"and {rows.Count - MostRows} more", .. head.Skip(1).Select(_ => "")]);
        return new(title, head, [.. cells]);
    }

    /// <summary>Returns the members of an object by name; those of inner objects by both names.</summary>
    private static Dictionary<string, string> Cells(JsonObject members)
    {
        var inner = new JsonLines();
        foreach (var (name, member) in members) inner.Add(name, member is null ? JsonValue.Create(None) : member);
        foreach (var table in inner.Tables) inner._lines.Add([table.Title, $"{table.Rows.Count} rows"]);
        return inner._lines.ToDictionary(line => line[0], line => line[1], StringComparer.Ordinal);
    }

    private static string Text(JsonNode value) => value switch
    {
        JsonArray list => string.Join(", ", list.Take(MostNumbers).Select(item => item is null ? None : Text(item)))
            + (list.Count > MostNumbers ? $", and {list.Count - MostNumbers} more" : ""),
        JsonObject members => string.Join(", ", Cells(members).Select(cell => $"{cell.Key} {cell.Value}")),
        JsonValue number when number.GetValueKind() == JsonValueKind.Number && number.TryGetValue<long>(out var whole) =>
            whole.ToString(CultureInfo.InvariantCulture),
        JsonValue number when number.TryGetValue<double>(out var real) => real.ToString("G6", CultureInfo.InvariantCulture),
        _ => value.GetValueKind() switch
        {
            JsonValueKind.True => "yes",
            JsonValueKind.False => "no",
            _ => value.ToString() is not "NaN" and var text ? text : None,
        },
    };

    private static string Words(string key) => key.Replace('_', ' ');
}
