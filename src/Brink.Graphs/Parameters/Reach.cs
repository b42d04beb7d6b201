using Brink.Graphs.Onnx;

namespace Brink.Graphs;

/// <summary>Finds the constants through which the outputs of a graph depend on numbers differentiably.</summary>
internal static class Reach
{
    /// <summary>The names of the values that the outputs depend on differentiably: constants, inputs and results of
    /// nodes.</summary>
    /// <remarks>No derivative passes through shapes, comparisons, indices, conditions and conversions to integers.</remarks>
    public static HashSet<string> Of(Graph graph, IEnumerable<string> outputs)
    {
        var reached = outputs.ToHashSet(StringComparer.Ordinal);
        Back(graph, reached);
        return reached;
    }

    private static void Back(Graph graph, HashSet<string> reached)
    {
        foreach (var node in graph.Nodes.Reverse())
        {
            if (!node.Outputs.Any(reached.Contains)) continue;
            var declaration = Operator.Find(graph.Vocabulary, node.Operator)?.Declaration;
            if (declaration is { IsFlat: true } || IsConversionToIntegers(node)) continue;
            for (var i = 0; i < node.Inputs.Count; i++)
                if (declaration?.Fixed.Contains(i) != true) Add(node.Inputs[i]);
            foreach (var (name, argument) in node.Attributes)
                if (declaration?.Fixed.Contains(name) != true) Add(argument);
        }

        void Add(Argument argument)
        {
            switch (argument)
            {
                case Argument.Reference reference:
                    reached.Add(reference.Name);
                    break;
                case Argument.List list:
                    foreach (var item in list.Items) Add(item);
                    break;
                case Argument.Body body:
                    reached.UnionWith(body.Graph.Outputs);
                    Back(body.Graph, reached);
                    break;
            }
        }
    }

    private static bool IsConversionToIntegers(GraphNode node)
    {
        if (string.Equals(node.Operator, "Cast", StringComparison.Ordinal))
        {
            return node.Attributes.GetValueOrDefault("to") is Argument.Integer code
                && ElementTypeCodes.Of(code.Value)?.IsFloatingPoint() == false;
        }
        return (node.Operator.StartsWith("aten.to.", StringComparison.Ordinal)
                || string.Equals(node.Operator, "aten._to_copy", StringComparison.Ordinal))
            && node.Attributes.GetValueOrDefault("dtype") is Argument.Type type && !type.Value.IsFloatingPoint();
    }
}
