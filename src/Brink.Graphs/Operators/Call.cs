namespace Brink.Graphs;

/// <summary>A call of an operator: its node, with the values of its arguments.</summary>
/// <param name="Node">The node.</param>
/// <param name="Scope">The values of the graph so far.</param>
internal sealed record Call(GraphNode Node, GraphScope Scope)
{
    /// <summary>The number of positional arguments.</summary>
    public int Count => Node.Inputs.Count;

    /// <summary>The positional arguments from a position on, which may not be missing.</summary>
    public Quantity[] From(int start) => [.. Enumerable.Range(start, Math.Max(0, Count - start)).Select(Input)];

    /// <summary>A positional argument.</summary>
    /// <exception cref="GraphException">The node omits it.</exception>
    public Quantity Input(int i) => Optional(i) ?? throw new GraphException($"input {i} is missing");

    /// <summary>A positional argument, or null if the node omits it.</summary>
    public Quantity? Optional(int i) => i < Count ? AsQuantity(Node.Inputs[i]) : null;

    /// <summary>A named argument that is a tensor.</summary>
    public Quantity Tensor(string name) => OptionalTensor(name) ?? throw new GraphException($"argument '{name}' is missing");

    /// <summary>A named argument that is a tensor, or null if the node omits it.</summary>
    public Quantity? OptionalTensor(string name) => Argument(name) is { } argument ? AsQuantity(argument) : null;

    /// <summary>A named argument that is a list of tensors; null where one is omitted.</summary>
    public Quantity?[] Tensors(string name) => Argument(name) is Graphs.Argument.List list
        ? [.. list.Items.Select(AsQuantity)]
        : throw new GraphException($"argument '{name}' is not a list of tensors");

    /// <summary>True if the node gives the named argument.</summary>
    public bool Has(string name) => Argument(name) is not null;

    /// <summary>A named integer, or a default.</summary>
    public long Integer(string name, long otherwise) => Argument(name) is { } argument ? AsInteger(argument) : otherwise;

    /// <summary>A named integer.</summary>
    public long Integer(string name) =>
        Argument(name) is { } argument ? AsInteger(argument) : throw new GraphException($"argument '{name}' is missing");

    /// <summary>A named truth value, or a default.</summary>
    public bool Flag(string name, bool otherwise = false) => Argument(name) is { } argument ? AsInteger(argument) != 0 : otherwise;

    /// <summary>Named integers, or null if the node omits them; a single integer is a list of one.</summary>
    public long[]? Integers(string name) => Argument(name) switch
    {
        null => null,
        Graphs.Argument.List list => [.. list.Items.Select(AsInteger)],
        Graphs.Argument.Reference reference => Scope[reference.Name].Integers($"argument '{name}'"),
        var single => [AsInteger(single)],
    };

    /// <summary>Integers from a positional argument, or from a named one in older versions; null if the node omits them.</summary>
    public long[]? Integers(int i, string name) => Optional(i) is { } input ? input.Integers($"input '{name}'") : Integers(name);

    /// <summary>A named number, or a default.</summary>
    public double Number(string name, double otherwise) => Argument(name) is { } argument ? AsNumber(argument) : otherwise;

    /// <summary>Named numbers, or null if the node omits them.</summary>
    public double[]? Numbers(string name) => Argument(name) switch
    {
        null => null,
        Graphs.Argument.List list => [.. list.Items.Select(AsNumber)],
        var single => [AsNumber(single)],
    };

    /// <summary>A named string, or a default.</summary>
    public string Text(string name, string otherwise) => Argument(name) is Graphs.Argument.Text text ? text.Value : otherwise;

    /// <summary>A named element type, or null if the node omits it.</summary>
    public ElementType? Type(string name) => Argument(name) is Graphs.Argument.Type type ? type.Value : null;

    /// <summary>A named argument, or null if the node omits it.</summary>
    public Argument? Argument(string name) =>
        Node.Attributes.TryGetValue(name, out var argument) && argument is not Graphs.Argument.Missing ? argument : null;

    /// <summary>A tensor or a number as a quantity; null if omitted.</summary>
    private Quantity? AsQuantity(Argument argument) => argument switch
    {
        Graphs.Argument.Missing => null,
        Graphs.Argument.Reference reference => Scope[reference.Name],
        Graphs.Argument.Data data => Quantity.Of(data.Value.ToTensor()),
        Graphs.Argument.Integer integer => Quantity.Of(tensor(integer.Value)),
        Graphs.Argument.Number number => Quantity.Of(tensor(number.Value)),
        _ => throw new GraphException("an argument is not a tensor"),
    };

    private long AsInteger(Argument argument) => argument switch
    {
        Graphs.Argument.Integer integer => integer.Value,
        Graphs.Argument.Number { Value: var value } when double.IsInteger(value) => (long)value,
        Graphs.Argument.Reference reference => Scope[reference.Name].Integers($"argument {reference.Name}") is [var value]
            ? value
            : throw new GraphException($"argument {reference.Name} is not a single integer"),
        _ => throw new GraphException("an argument is not an integer"),
    };

    private double AsNumber(Argument argument) => argument switch
    {
        Graphs.Argument.Number number => number.Value,
        Graphs.Argument.Integer integer => integer.Value,
        Graphs.Argument.Reference reference
            when Scope[reference.Name].Known($"argument {reference.Name}") is { } data && data.numel() == 1 =>
                data.to(ScalarType.Float64).item<double>(),
        _ => throw new GraphException("an argument is not a number"),
    };
}
