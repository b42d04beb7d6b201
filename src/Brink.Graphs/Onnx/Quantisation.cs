using Brink.Graphs.Onnx.Schema;

namespace Brink.Graphs.Onnx;

/// <summary>Recognises models whose weights or activations are quantised. Their derivatives are zero almost everywhere.</summary>
internal static class Quantisation
{
    /// <summary>Quantised operators of ONNX Runtime that the rule for names does not cover.</summary>
    private static readonly HashSet<string> Others = new(StringComparer.Ordinal)
    {
        "QAttention", "QEmbedLayerNormalization", "QGemm", "QMoE", "QOrderedAttention", "QOrderedGelu", "QOrderedLayerNormalization",
        "QOrderedLongformerAttention", "QOrderedMatMul", "MatMulNBits", "MatMulBnb4", "MatMulFpQ4",
    };

    /// <summary>Refuses a model that has a quantised operator.</summary>
    public static void Refuse(ModelProto model, string path)
    {
        var nodes = model.Functions.SelectMany(function => function.Node).Concat(model.Graph.Node);
        if (nodes.Select(Found).FirstOrDefault(node => node is not null) is { } found)
        {
            throw new GraphException(
                $"{path}: quantised: node {Quoted.Of(found.Name)} is {Quoted.OneLine(found.OpType)};"
                    + " export the model before it is quantised");
        }
    }

    /// <summary>The node, or the first one in its nested graphs, that is quantised. Protobuf bounds the recursion.</summary>
    private static NodeProto? Found(NodeProto node) => IsQuantised(node)
        ? node
        : node.Attribute.Where(attribute => attribute.G is not null || attribute.Graphs.Count > 0)
            .SelectMany(attribute => attribute.G is null ? attribute.Graphs : attribute.Graphs.Prepend(attribute.G))
            .SelectMany(graph => graph.Node)
            .Select(Found)
            .FirstOrDefault(nested => nested is not null);

    private static bool IsQuantised(NodeProto node) => node.Domain is "" or "ai.onnx" or "com.microsoft"
        && (node.OpType.Contains("Quantize", StringComparison.OrdinalIgnoreCase)
            || node.OpType.StartsWith("QLinear", StringComparison.Ordinal)
            || node.OpType is "ConvInteger" || node.OpType.StartsWith("MatMulInteger", StringComparison.Ordinal)
            || Others.Contains(node.OpType));
}
