using System.Text.Json;
using Brink.Graphs.Onnx;
using Brink.Graphs.Onnx.Schema;

namespace Brink.Graphs.Tests.Onnx;

/// <summary>Files of real exporters.</summary>
public class ExportedModelTests
{
    public static TheoryData<string> Readable =>
        [.. SharedModels.Files(".onnx").Where(file => !Refused.ContainsKey(Path.GetFileName(file)))];

    public static TheoryData<string> Unreadable => [.. Refused.Keys];

    private static readonly Dictionary<string, string> Refused = new(StringComparer.Ordinal)
    {
        ["missing-external.onnx"] = "with its external data is missing",
        ["path-out-of-folder.onnx"] = "which is outside of the model's folder",
        ["newer-opset.onnx"] = "opsets 13 to 23 are read",
        ["quantised.onnx"] = "quantised: node ",
    };

    [Theory, MemberData(nameof(Readable))]
    public void A_file_is_recognised_and_read_whole(string file)
    {
        var path = SharedModels.Required(file);
        var reader = new OnnxReader();
        Assert.True(reader.Recognises(path));
        var graph = reader.Read(path);
        FunctionTests.AssertSound(graph);
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        Assert.Equal(model.Graph.Output.Select(output => output.Name), graph.Outputs);
        Assert.Equal(model.Graph.Node.Count(node => node.OpType != "Constant"), graph.Nodes.Count);
        Assert.Equal(model.Graph.Initializer.Count + model.Graph.Node.Count(node => node.OpType == "Constant"), graph.Constants.Count);
    }

    [Theory, MemberData(nameof(Readable))]
    public void Operators_constants_and_opset_are_the_expected_ones(string file)
    {
        var path = SharedModels.Required(file);
        var description = Path.Combine(Path.GetDirectoryName(path)!, "expected.json");
        if (!File.Exists(description)) return;
        using var json = JsonDocument.Parse(File.ReadAllText(description));
        if (!json.RootElement.TryGetProperty("files", out var files)) return;
        if (!files.TryGetProperty(Path.GetFileName(path), out var expected)) return;
        var graph = new OnnxReader().Read(path);
        var operators =
            expected.GetProperty("operators").EnumerateArray().Select(name => name.GetString()!).Where(name => name != "Constant");
        Assert.Equal(
            operators.Order(StringComparer.Ordinal),
            graph.Nodes.Select(node => node.Operator).Distinct().Order(StringComparer.Ordinal));
        var constants = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)).Graph.Node.Count(node => node.OpType == "Constant");
        Assert.Equal(expected.GetProperty("initializers").GetInt32(), graph.Constants.Count - constants);
        Assert.All(graph.Nodes, node => Assert.Equal(expected.GetProperty("opset").GetProperty("ai.onnx").GetInt32(), node.Version));
        if (expected.TryGetProperty("parameters_by_constant", out var parameters))
            Assert.All(
                parameters.EnumerateObject(),
                parameter => Assert.Contains(graph.Constants.Values, constant => constant.Title == parameter.Name));
    }

    [Theory, MemberData(nameof(Unreadable))]
    public void A_file_that_must_be_refused_has_one_line(string file) =>
        Assert.Contains(Refused[file], WrittenModel.Refusal(SharedModels.Required("refused/" + file)), StringComparison.Ordinal);

    [Fact]
    public void Half_precision_of_a_real_file_is_said() =>
        Assert.Contains(
            "Tensors are stored in float16 and are widened.",
            new OnnxReader().Read(SharedModels.Required("refused/half.onnx")).Remarks);

    [Theory]
    [InlineData("bert/model.onnx", "bert.bert.embeddings.LayerNorm")]
    [InlineData("resnet-cifar/legacy.onnx", "stages.0.conv1")]
    [InlineData("keras-cnn/model.onnx", "functional_1.conv2d_1")]
    public void Layers_of_real_files_have_names(string file, string layer) =>
        Assert.Contains(new OnnxReader().Read(SharedModels.Required(file)).Nodes, node => node.Layer == layer);
}
