using Brink.Graphs.Onnx.Schema;
using Type = Brink.Graphs.Onnx.Schema.AttributeProto.Types.AttributeType;

namespace Brink.Graphs.Tests.Onnx;

/// <summary>Models of one node for operators that the installed node tests do not have.</summary>
internal static class OperatorCases
{
    private static readonly Dictionary<string, OperatorCase> Cases = new(StringComparer.Ordinal)
    {
        ["attention"] = new("Attention", 23, [[2, 3, 4, 6], [2, 3, 5, 6], [2, 3, 5, 2]], []),
        ["attention, causal and scaled"] = new(
            "Attention", 23, [[2, 3, 4, 6], [2, 3, 4, 6], [2, 3, 4, 6]], [Whole("is_causal", 1), Number("scale", 0.3f)]),
        ["attention with a mask"] = new("Attention", 23, [[2, 3, 4, 6], [2, 3, 5, 6], [2, 3, 5, 2], [4, 5]], []),
        ["attention, packed, with shared heads"] = new(
            "Attention", 23, [[2, 3, 16], [2, 5, 8], [2, 5, 8]], [Whole("q_num_heads", 4), Whole("kv_num_heads", 2)]),
        ["rotary embedding"] = new("RotaryEmbedding", 23, [[2, 3, 4, 6], [2, 4, 3], [2, 4, 3]], []),
        ["rotary embedding, interleaved and packed"] = new(
            "RotaryEmbedding", 23, [[2, 4, 12], [2, 4, 2], [2, 4, 2]], [Whole("interleaved", 1), Whole("num_heads", 3)]),
        ["rotary embedding of a part"] = new(
            "RotaryEmbedding", 23, [[2, 3, 4, 6], [2, 4, 2], [2, 4, 2]], [Whole("rotary_embedding_dim", 4), Whole("num_heads", 3)]),
        ["gelu"] = new("Gelu", 20, [[3, 4]], []),
        ["gelu, approximate"] = new("Gelu", 20, [[3, 4]], [Text("approximate", "tanh")]),
        ["swish"] = new("Swish", 24, [[3, 4]], [Number("alpha", 1.5f)]),
        ["lower triangle"] = new("Trilu", 14, [[2, 3, 4]], [Whole("upper", 0)]),
        ["mish"] = new("Mish", 18, [[3, 4]], []),
        ["group norm"] = new("GroupNormalization", 21, [[2, 6, 3, 2], [6], [6]], [Whole("num_groups", 2)]),
        ["root mean square norm"] = new("RMSNormalization", 23, [[2, 3, 4], [4]], []),
        ["lp norm"] = new("LpNormalization", 22, [[2, 3, 4]], [Whole("axis", 1)]),
        ["l1 norm"] = new("LpNormalization", 22, [[2, 3, 4]], [Whole("p", 1)]),
        ["lp pool"] = new("LpPool", 18, [[2, 3, 6, 5]],
            [Integers("kernel_shape", 3, 2), Integers("strides", 2, 1), Integers("pads", 1, 0, 1, 0)]),
        ["lp pool of cubes"] = new("LpPool", 18, [[2, 3, 6, 5]], [Integers("kernel_shape", 2, 2), Whole("p", 3)]),
        ["global lp pool"] = new("GlobalLpPool", 13, [[2, 3, 4, 5]], []),
        ["resize, half size, linear"] = new("Resize", 19, [[1, 2, 6, 8]], [Text("mode", "linear"), Integers("axes", 2, 3)]),
        ["resize, not larger"] = new(
            "Resize", 19, [[1, 2, 6, 8]], [Text("mode", "cubic"), Integers("axes", 2, 3), Text("keep_aspect_ratio_policy", "not_larger")]),
        ["resize, symmetric"] = new(
            "Resize", 19, [[1, 2, 6, 8]],
            [Text("mode", "linear"), Integers("axes", 2, 3), Text("coordinate_transformation_mode", "half_pixel_symmetric")]),
    };

    /// <summary>Names of the cases.</summary>
    public static IEnumerable<string> Names => Cases.Keys;

    /// <summary>The operators of the cases.</summary>
    public static IEnumerable<string> Operators => Cases.Values.Select(value => value.Operator);

    /// <summary>The model of a case, and its inputs by name.</summary>
    public static (ModelProto Model, Dictionary<string, Tensor> Inputs) Of(string name)
    {
        var (op, opset, shapes, attributes) = Cases[name];
        using var generator = new Generator(11, CPU);
        var graph = new GraphProto { Name = "main" };
        var inputs = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var shape in shapes)
        {
            var type = new TypeProto { TensorType = new() { ElemType = 1, Shape = new() } };
            var input = new ValueInfoProto { Name = $"x{inputs.Count}", Type = type };
            input.Type.TensorType.Shape.Dim.Add(shape.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }));
            graph.Input.Add(input);
            inputs[input.Name] = randn(shape, dtype: ScalarType.Float64, generator: generator);
        }
        graph.Output.Add(new ValueInfoProto { Name = "y", Type = new() { TensorType = new() { ElemType = 1 } } });
        string[] operands = [.. inputs.Keys];
        if (string.Equals(op, "Resize", StringComparison.Ordinal))
        {
            var sizes = Protos.Empty("sizes", TensorProto.Types.DataType.Int64, 2);
            sizes.Int64Data.Add([3, 5]);
            graph.Initializer.Add(sizes);
            operands = [.. operands, "", "", "sizes"];
        }
        graph.Node.Add(Protos.Node(op, operands, ["y"], attributes));
        var model = new ModelProto { IrVersion = 10, Graph = graph };
        model.OpsetImport.Add(Protos.Opset("", opset));
        return (model, inputs);
    }

    private static AttributeProto Whole(string name, long value) => Protos.Int(name, value);

    private static AttributeProto Number(string name, float value) => new() { Name = name, Type = Type.Float, F = value };

    private static AttributeProto Text(string name, string value) =>
        new() { Name = name, Type = Type.String, S = Google.Protobuf.ByteString.CopyFromUtf8(value) };

    private static AttributeProto Integers(string name, params long[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = Type.Ints };
        attribute.Ints.Add(values);
        return attribute;
    }

    private sealed record OperatorCase(string Operator, int Opset, long[][] Inputs, AttributeProto[] Attributes);
}
