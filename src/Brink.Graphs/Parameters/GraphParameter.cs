namespace Brink.Graphs;

/// <summary>A parameter of a graph.</summary>
/// <param name="Name">Name in the framework, or that of the constant.</param>
/// <param name="Shape">Shape of the parameter.</param>
/// <param name="Offset">Its first element in the vector theta of all parameters.</param>
/// <param name="Uses">The constants of the graph that hold it; more than one where weights are tied.</param>
public sealed record GraphParameter(string Name, IReadOnlyList<long> Shape, long Offset, IReadOnlyList<ParameterUse> Uses)
{
    /// <summary>The number of elements.</summary>
    public long Count => Shape.Aggregate(1L, (product, n) => product * n);
}
