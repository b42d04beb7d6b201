namespace Brink.Graphs;

/// <summary>An application of an operator.</summary>
/// <param name="Operator">Name of the operator in the vocabulary of the graph, such as <c>Conv</c> or <c>aten.conv2d</c>.</param>
/// <param name="Version">Version of the operator set, from which the meaning of the operator follows.</param>
/// <param name="Name">Name of the node in the file; empty where the file has none.</param>
/// <param name="Layer">Name of the layer, such as <c>encoder.layer.0</c>; empty where the file has none.</param>
/// <param name="Inputs">Positional arguments.</param>
/// <param name="Attributes">Named arguments.</param>
/// <param name="Outputs">Names of the results; empty strings for results that nothing uses.</param>
public sealed record GraphNode(
    string Operator,
    int Version,
    string Name,
    string Layer,
    IReadOnlyList<Argument> Inputs,
    IReadOnlyDictionary<string, Argument> Attributes,
    IReadOnlyList<string> Outputs);
