namespace Brink.Graphs;

/// <summary>What a graph holds.</summary>
public static class GraphContent
{
    /// <summary>The operators that a graph uses, nested graphs included, in alphabetical order.</summary>
    public static IReadOnlyList<string> Operators(Graph graph) =>
        [.. Nodes(graph).Select(node => node.Operator).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>The operators that Brink lacks, each with its version and the first node that uses it.</summary>
    public static IReadOnlyList<string> Missing(Graph graph) =>
        [.. Nodes(graph).Where(node => Operator.Find(graph.Vocabulary, node.Operator) is null)
            .GroupBy(node => node.Operator, StringComparer.Ordinal)
            .Select(group => $"{group.Key} ({Numbered(graph.Vocabulary)} {group.First().Version}) at node {Place(group.First())}")];

    /// <summary>The operators of a graph that only libtorch differentiates: a model that has one runs on autograd.</summary>
    public static IReadOnlyList<string> OnAutograd(Graph graph) =>
        [.. Operators(graph).Where(name => Operator.Find(graph.Vocabulary, name)?.Declaration.OnAutograd == true)];

    /// <summary>True if Brink has an operator.</summary>
    public static bool IsKnown(Vocabulary vocabulary, string name) => Operator.Find(vocabulary, name) is not null;

    /// <summary>All nodes, those of nested graphs included.</summary>
    internal static IEnumerable<GraphNode> Nodes(Graph graph) => graph.Nodes.SelectMany(node => new[] { node }.Concat(
        node.Attributes.Values.OfType<Argument.Body>().SelectMany(body => Nodes(body.Graph))));

    private static string Numbered(Vocabulary vocabulary) => vocabulary == Vocabulary.Onnx ? "opset" : "version";

    /// <summary>The name of a node, or else of its first result.</summary>
    internal static string Place(GraphNode node) =>
        node.Name.Length > 0 ? node.Name : node.Outputs.FirstOrDefault(name => name.Length > 0) ?? "without a name";
}
