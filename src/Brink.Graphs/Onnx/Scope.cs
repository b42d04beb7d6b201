namespace Brink.Graphs.Onnx;

/// <summary>The names that a list of nodes can refer to, and the values that they denote.</summary>
/// <param name="outer">Scope around a nested graph; null for the model's graph and for a function.</param>
/// <param name="frame">The call of the function that contains the nodes, or the model.</param>
/// <param name="place">File and node or function, for messages.</param>
internal sealed class Scope(Scope? outer, Frame frame, string place)
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>The denotation of names that a call omits.</summary>
    public const string Omitted = "";

    public Frame Frame => frame;

    public string Place => place;

    /// <summary>The names that values must get because the caller of the function refers to them, by the function's own names.</summary>
    public Dictionary<string, string> Required { get; } = new(StringComparer.Ordinal);

    /// <summary>Returns the value that a name denotes; null if there is none.</summary>
    public string? Find(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
            if (scope._values.TryGetValue(name, out var value)) return value;
        return null;
    }

    /// <summary>Defines a name.</summary>
    public void Define(string name, string value)
    {
        if (!_values.TryAdd(name, value))
            throw Damage.In(place, $"two values have the name {Quoted.Of(name)}");
    }

    /// <summary>Returns the name in the graph for a value that the scope names: its own in the model's graph, the required one where
    /// the caller of a function refers to it, and otherwise one that is not in use.</summary>
    /// <param name="name">Name in the scope.</param>
    /// <param name="names">Names of the file.</param>
    public string NewName(string name, UniqueNames names) =>
        outer is null && frame.Function is null ? name
        : Required.Remove(name, out var required) ? required
        : names.New(name);

    private Scope? Outer => outer;
}
