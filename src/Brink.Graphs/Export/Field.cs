using System.Globalization;
using System.Text.Json;

namespace Brink.Graphs.Export;

/// <summary>A value in a JSON document, with the place that error messages state.</summary>
/// <param name="value">The value.</param>
/// <param name="place">File, entry, and name of the part of the program, such as a node.</param>
internal readonly struct Field(JsonElement value, string place)
{
    /// <summary>File, entry, and name of the part of the program.</summary>
    public string Place => place;

    /// <summary>The member of an object.</summary>
    /// <exception cref="GraphException">The value is not an object, or has no such member.</exception>
    public Field this[string name] => Optional(name) ?? throw Wrong($"{Quoted.Of(name)} is missing");

    /// <summary>The items of a list, in order.</summary>
    public IReadOnlyList<Field> Items
    {
        get
        {
            if (value.ValueKind != JsonValueKind.Array) throw Not("a list");
            var items = new Field[value.GetArrayLength()];
            var count = 0;
            foreach (var item in value.EnumerateArray()) items[count++] = new(item, place);
            return items;
        }
    }

    /// <summary>The members of an object, in the file's order.</summary>
    public IReadOnlyList<(string Name, Field Value)> Members
    {
        get
        {
            if (value.ValueKind != JsonValueKind.Object) throw Not("an object");
            var members = new List<(string, Field)>();
            foreach (var member in value.EnumerateObject()) members.Add((member.Name, new(member.Value, place)));
            return members;
        }
    }

    /// <summary>The name and the content of a tagged union, an object with one member.</summary>
    public (string Kind, Field Value) Union => Members is [var only] ? only : throw Not("an object with one member");

    /// <summary>A string.</summary>
    public string Text
    {
        get
        {
            if (value.ValueKind != JsonValueKind.String) throw Not("a string");
            try
            {
                return value.GetString()!;
            }
            catch (InvalidOperationException e)   // half of a surrogate pair
            {
                throw new GraphException($"{place}: a string is not valid Unicode; the file is damaged, save it again", e);
            }
        }
    }

    /// <summary>An integer of 64 bits.</summary>
    public long Integer =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var integer) ? integer : throw Not("an integer of 64 bits");

    /// <summary>An integer of at least 0.</summary>
    public long Size => Integer is >= 0 and var size ? size : throw Not("an integer of at least 0");

    /// <summary>A number; the strings <c>Infinity</c>, <c>-Infinity</c> and <c>NaN</c> are numbers too.</summary>
    public double Number => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetDouble(out var number) && double.IsFinite(number) => number,
        JsonValueKind.String => Text switch
        {
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            "NaN" => double.NaN,
            _ => throw Not("a number"),
        },
        _ => throw Not("a number"),
    };

    /// <summary>A truth value.</summary>
    public bool Truth => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Not("true or false"),
    };

    /// <summary>The same value, reported with another place.</summary>
    public Field At(string elsewhere) => new(value, elsewhere);

    /// <summary>The member of an object, or null where it is missing or null.</summary>
    /// <exception cref="GraphException">The value is not an object.</exception>
    public Field? Optional(string name)
    {
        if (value.ValueKind != JsonValueKind.Object) throw Not("an object");
        return value.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? new(member, place) : null;
    }

    /// <summary>An exception whose message begins with the place.</summary>
    public GraphException Wrong(string what) => new($"{place}: {what}");

    private GraphException Not(string expected)
    {
        var found = value.ValueKind switch
        {
            JsonValueKind.Number => Quoted.OneLine(value.GetRawText()),
            JsonValueKind.String => "a string",
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => $"a list of {value.GetArrayLength().ToString(CultureInfo.InvariantCulture)}",
            _ => value.ValueKind.ToString(),
        };
        return Wrong($"found {found} in place of {expected}; the file is damaged, save it again");
    }
}
