namespace Brink.Graphs;

/// <summary>A graph whose batch norms use the statistics of the samples, as in training.</summary>
internal static class TrainingNorms
{
    // Operators of batch norm, with the attribute of their mode.
    private static readonly Dictionary<string, string> Modes = new(StringComparer.Ordinal)
    {
        ["BatchNormalization"] = "training_mode",
        ["aten.batch_norm"] = "training",
    };

    /// <summary>Returns the graph with every batch norm in training mode.</summary>
    /// <exception cref="GraphException">It has no batch norm.</exception>
    public static Graph Of(Graph graph) => GraphContent.Nodes(graph).Any(node => Modes.ContainsKey(node.Operator))
        ? InTraining(graph)
        : throw new GraphException(
            "the model has no batch norm: exporters fold it into the layer before it; export with"
                + " training=TrainingMode.TRAINING and do_constant_folding=False, or measure with the stored statistics");

    private static Graph InTraining(Graph graph) => graph with { Nodes = [.. graph.Nodes.Select(InTraining)] };

    private static GraphNode InTraining(GraphNode node)
    {
        var attributes = node.Attributes.ToDictionary(
            pair => pair.Key,
            pair => pair.Value is Argument.Body body ? new Argument.Body(InTraining(body.Graph)) : pair.Value,
            StringComparer.Ordinal);
        if (Modes.TryGetValue(node.Operator, out var mode)) attributes[mode] = new Argument.Integer(1);
        return node with { Attributes = attributes };
    }
}
