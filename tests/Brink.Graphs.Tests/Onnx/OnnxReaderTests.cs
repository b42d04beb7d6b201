using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Brink.Graphs.Onnx;
using Brink.Graphs.Onnx.Schema;
using Google.Protobuf;
using static Brink.Graphs.Tests.Onnx.Protos;

namespace Brink.Graphs.Tests.Onnx;

/// <summary>Whole files: recognition, versions, order of nodes, inputs, names of layers.</summary>
public class OnnxReaderTests
{
    private static readonly string[] X = ["x"], Y = ["y"];

    public static TheoryData<string, byte[]> Others => new()
    {
        { "empty", [] },
        { "text", Encoding.UTF8.GetBytes("a line of text\n") },
        { "backspace", "\b"u8.ToArray() },
        { "backspaces", "\b\b\b\b"u8.ToArray() },
        { "PNG", [0x89, .. "PNG\r\n"u8, 0x1a, 0x0a] },
        { "zip", Zip() },
        { "SavedModel", [0x08, 1, 0x12, 0xff, 0xff, 3, .. new byte[100]] },
        { "version without more", [0x08, 10] },
        { "endless number", [0x08, .. Enumerable.Repeat((byte)0xff, 50)] },
    };

    [Theory, MemberData(nameof(Others))]
    public void Other_files_are_not_recognised_and_reading_them_is_refused(string _, byte[] bytes)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.Path("a"), bytes);
        Assert.False(new OnnxReader().Recognises(folder.Path("a")));
        WrittenModel.Refusal(folder.Path("a"));
    }

    [Fact]
    public void A_folder_and_a_missing_file_are_not_recognised()
    {
        using var folder = new TemporaryFolder();
        Assert.False(new OnnxReader().Recognises(folder.Path("")));
        Assert.False(new OnnxReader().Recognises(folder.Path("none")));
        Assert.Contains("cannot be read", WrittenModel.Refusal(folder.Path("none")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_truncated_model_is_recognised_and_refused_as_damaged()
    {
        using var folder = new TemporaryFolder();
        var bytes = Valid().ToByteArray();
        File.WriteAllBytes(folder.Path("a.onnx"), bytes[..(bytes.Length / 2)]);
        Assert.True(new OnnxReader().Recognises(folder.Path("a.onnx")));
        Assert.Contains("damaged, or not an ONNX file", WrittenModel.Refusal(folder.Path("a.onnx")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_origin_names_versions_and_program()
    {
        var graph = WrittenModel.Read(Valid());
        Assert.Equal("ONNX, IR 10, opset 18, by hand 1.0", graph.Origin);
        Assert.Equal(Vocabulary.Onnx, graph.Vocabulary);
        Assert.Equal(18, graph.Nodes[0].Version);
    }

    [Theory]
    [InlineData(12, "opset 12; opsets 13 to 23 are read: export the model with a newer opset")]
    [InlineData(24, "opset 24; opsets 13 to 23 are read: export the model with opset 23 or an older one")]
    [InlineData(long.MaxValue, "opset 9223372036854775807; opsets 13 to 23 are read")]
    [InlineData(-1, "opset -1; opsets 13 to 23 are read")]
    public void Other_opsets_are_refused(long opset, string message)
    {
        var model = Valid();
        model.OpsetImport[0].Version = opset;
        Assert.Contains(message, WrittenModel.Refusal(model), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(13)]
    [InlineData(23)]
    public void The_oldest_and_the_newest_opset_are_read_under_both_names(long opset)
    {
        var model = Valid();
        model.OpsetImport[0] = Opset("ai.onnx", opset);
        Assert.Equal(opset, WrittenModel.Read(model).Nodes[0].Version);
    }

    [Fact]
    public void A_newer_format_is_refused()
    {
        var model = Valid();
        model.IrVersion = 15;
        Assert.Contains("IR version 15 of ONNX; versions up to 14 are read", WrittenModel.Refusal(model), StringComparison.Ordinal);
    }

    [Fact]
    public void Operators_of_other_domains_have_its_name_and_version()
    {
        var node = Node("Normalizer", X, Y);
        node.Domain = "ai.onnx.ml";
        var model = Model(Graph(X, Y, node));
        Assert.Contains(
            "the version of the operator set 'ai.onnx.ml' is not stated",
            WrittenModel.Refusal(model),
            StringComparison.Ordinal);
        model.OpsetImport.Add(Opset("ai.onnx.ml", 3));
        Assert.Equal(("ai.onnx.ml.Normalizer", 3), (WrittenModel.Read(model).Nodes[0].Operator, WrittenModel.Read(model).Nodes[0].Version));
    }

    [Fact]
    public void Inputs_have_types_and_sizes_and_those_with_a_default_are_constants()
    {
        var graph = Graph(["x", "w", "z"], Y, Node("Add", ["x", "w"], Y)).With(Raw("w", 1, 2));
        graph.Input[2].Type.TensorType.Shape = null;
        graph.Input[2].Type.TensorType.ElemType = (int)TensorProto.Types.DataType.Int64;
        graph.Input[0].Type.TensorType.Shape.Dim[1].DimValue = -1;
        var read = WrittenModel.Read(Model(graph));
        Assert.Equal([("x", ElementType.Float32), ("z", ElementType.Int64)], read.Inputs.Select(input => (input.Name, input.Type)));
        Assert.Equal([null, null], read.Inputs[0].Shape!);
        Assert.Null(read.Inputs[1].Shape);
        Assert.True(read.Constants.ContainsKey("w"));
    }

    [Fact]
    public void Inputs_that_are_no_tensors_are_refused()
    {
        var graph = Graph(X, Y, Node("Relu", X, Y));
        graph.Input[0].Type = new() { SequenceType = new() };
        Assert.Contains("input 'x': it is no tensor", WrittenModel.Refusal(Model(graph)), StringComparison.Ordinal);
        graph.Input[0].Type = null;
        Assert.Contains("input 'x': its type is not stated", WrittenModel.Refusal(Model(graph)), StringComparison.Ordinal);
        graph.Input[0] = Value("x", TensorProto.Types.DataType.String);
        Assert.Contains(
            "input 'x': elements of type string are not supported",
            WrittenModel.Refusal(Model(graph)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Nodes_out_of_order_and_wrong_names_are_refused()
    {
        Assert.Contains(
            "its input 't' is the result of a later node",
            Refusal(Node("Relu", ["t"], Y), Node("Relu", X, ["t"])),
            StringComparison.Ordinal);
        Assert.Contains("its input 'y' is the result of a later node", Refusal(Node("Relu", Y, Y)), StringComparison.Ordinal);
        Assert.Contains(
            "node '/layer/Relu_y': damaged: its input 't' does not exist",
            Refusal(Node("Relu", ["t"], Y)),
            StringComparison.Ordinal);
        Assert.Contains("two values have the name 'y'", Refusal(Node("Relu", X, Y), Node("Neg", X, Y)), StringComparison.Ordinal);
        Assert.Contains("two values have the name 'x'", Refusal(Node("Relu", X, X)), StringComparison.Ordinal);
        Assert.Contains("the output 'y' is not the result of a node", Refusal(Node("Relu", X, ["t"])), StringComparison.Ordinal);
        Assert.Contains("it names no operator", Refusal(Node("", X, Y)), StringComparison.Ordinal);
        Assert.Contains(
            "two values have the name 'w'",
            WrittenModel.Refusal(Model(Graph(X, Y).With(Raw("w", 1), Raw("w", 1)))),
            StringComparison.Ordinal);
        Assert.Contains("an initializer has no name", WrittenModel.Refusal(Model(Graph(X, Y).With(Raw("", 1)))), StringComparison.Ordinal);
        Assert.Contains("the graph has no outputs", WrittenModel.Refusal(Model(Graph(X, []))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("QuantizeLinear", "")]
    [InlineData("DequantizeLinear", "ai.onnx")]
    [InlineData("QLinearConv", "")]
    [InlineData("ConvInteger", "")]
    [InlineData("MatMulInteger", "")]
    [InlineData("DynamicQuantizeLinear", "")]
    [InlineData("MatMulNBits", "com.microsoft")]
    public void Quantised_models_are_refused_also_in_nested_graphs(string op, string domain)
    {
        var node = Node(op, X, Y);
        node.Domain = domain;
        Assert.StartsWith($"quantised: node '/layer/{op}_y' is {op}", Refusal(node), StringComparison.Ordinal);
        Assert.StartsWith("quantised: ", Refusal(Node("If", X, Y, Body("then_branch", Graph([], Y, node)))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/encoder/layers.0/self_attn/MatMul", null, null, "encoder.layers.0.self_attn")]
    [InlineData("/stages/stages.0/conv1/Conv", null, null, "stages.0.conv1")]
    [InlineData("functional_1/dense/MatMul", null, null, "functional_1.dense")]
    [InlineData("/Relu", null, null, "")]
    [InlineData("node_Conv_1", null, null, "")]
    [InlineData("/a/Conv", "pkg.torch.onnx.name_scopes", "['', 'bert', 'bert.layer.0', \"linear\"]", "bert.layer.0")]
    [InlineData("/a/Conv", "pkg.torch.onnx.name_scopes", "['', 'relu']", "")]
    [InlineData("node_1", "pkg.torch.onnx.name_scopes", "['_empty_nn_module_stack_from_metadata_hook', 'sym_size_int_6']", "")]
    [InlineData("node_1", "namespace", ": Model/encoder: Encoder/encoder.fc: Linear/linear: aten.linear.default", "encoder.fc")]
    [InlineData("/a/Conv", "pkg.torch.onnx.name_scopes", "no list", "a")]
    public void Layers_are_named_by_metadata_or_by_the_path_of_the_node(string name, string? key, string? value, string layer)
    {
        var node = Node("Relu", X, Y);
        node.Name = name;
        if (key is not null) node.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        Assert.Equal(layer, WrittenModel.Read(Model(Graph(X, Y, node))).Nodes[0].Layer);
    }

    [Fact]
    public void A_file_of_100_MB_is_read_within_a_second_beyond_its_bytes()
    {
        var big = Empty("w", TensorProto.Types.DataType.Float, 25, 1_000_000);
        big.RawData = UnsafeByteOperations.UnsafeWrap(new byte[100_000_000]);
        using var folder = new TemporaryFolder();
        var path = folder.Path("model.onnx");
        using (var file = File.Create(path)) Model(Graph(X, Y, Node("Relu", X, Y)).With(big)).WriteTo(file);
        File.ReadAllBytes(path);
        var started = Stopwatch.GetTimestamp();
        File.ReadAllBytes(path);
        var bytes = Stopwatch.GetElapsedTime(started);
        started = Stopwatch.GetTimestamp();
        Assert.Equal(100_000_000, new OnnxReader().Read(path).Constants["w"].Data.Bytes.Length);
        Assert.InRange(Stopwatch.GetElapsedTime(started) - bytes, TimeSpan.FromSeconds(-10), TimeSpan.FromSeconds(1));
    }

    private static string Refusal(params NodeProto[] nodes) => WrittenModel.Refusal(Model(Graph(X, Y, nodes)));

    private static ModelProto Valid() => Model(Graph(X, Y, Node("Mul", ["x", "w"], Y)).With(Raw("w", 1, 2)));

    private static byte[] Zip()
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create)) zip.CreateEntry("model/data.pkl").Open().Dispose();
        return packed.ToArray();
    }
}
