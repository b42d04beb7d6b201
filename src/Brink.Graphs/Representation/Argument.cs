namespace Brink.Graphs;

/// <summary>An argument of an operator.</summary>
public abstract record Argument
{
    private Argument()
    {
    }

    /// <summary>An argument that the node omits, so that the operator's default applies.</summary>
    public sealed record Missing : Argument;

    /// <summary>The value of another node, an input or a constant.</summary>
    /// <param name="Name">Name of the value.</param>
    public sealed record Reference(string Name) : Argument;

    /// <summary>An integer; truth values are 0 and 1.</summary>
    /// <param name="Value">The integer.</param>
    public sealed record Integer(long Value) : Argument;

    /// <summary>A floating-point number.</summary>
    /// <param name="Value">The number.</param>
    public sealed record Number(double Value) : Argument;

    /// <summary>A string.</summary>
    /// <param name="Value">The string.</param>
    public sealed record Text(string Value) : Argument;

    /// <summary>A tensor.</summary>
    /// <param name="Value">The tensor.</param>
    public sealed record Data(TensorData Value) : Argument;

    /// <summary>An element type.</summary>
    /// <param name="Value">The type.</param>
    public sealed record Type(ElementType Value) : Argument;

    /// <summary>A list of arguments.</summary>
    /// <param name="Items">The arguments in order.</param>
    public sealed record List(IReadOnlyList<Argument> Items) : Argument;

    /// <summary>A nested graph, such as a branch. It may refer to the values of the graph around it; its constants are those of the
    /// outermost graph.</summary>
    /// <param name="Graph">The nested graph.</param>
    public sealed record Body(Graph Graph) : Argument;
}
