using System.Text.Json;
using Brink.Graphs.Export;
using Brink.Zoo.Formats;

namespace Brink.Graphs.Tests.Export;

/// <summary>Every program that the exporter wrote is read, with the names, shapes and bits of its weights.</summary>
public class ExportedModelTests
{
    private static readonly string Shared = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../shared/models"));

    public static TheoryData<string> Folders =>
    [
        "bert", "cnn-batch-norm", "conv1d-mish", "gpt2-tied", "loss-inside", "lstm", "mlp-external", "mlp-gelu-opset13", "mlp-tanh-mse",
        "resnet-cifar", "sine-regression", "tied-small", "trap-merged-equal-weights", "two-inputs", "vit", "larger/bert-mini",
        "larger/cnn-small", "larger/resnet18-width16",
    ];

    [Theory, MemberData(nameof(Folders))]
    public void Every_reference_resolves(string folder)
    {
        var graph = Read(folder);
        Consistency.Check(graph);
        Assert.Equal(Vocabulary.Aten, graph.Vocabulary);
        Assert.Equal("torch.export, schema 8.20, ATen opset 10, by PyTorch 2.14.1", graph.Origin);
        Assert.All(graph.Nodes, node => Assert.Empty(node.Inputs));
        Assert.All(graph.Nodes, node => Assert.False(node.Operator.EndsWith(".default", StringComparison.Ordinal)));
    }

    [Theory, MemberData(nameof(Folders))]
    public void Parameters_and_inputs_are_those_of_the_model(string folder)
    {
        var graph = Read(folder);
        using var expected = Expected(folder);
        if (expected.RootElement.TryGetProperty("trainable", out var trainable))
        {
            Assert.Equal(
                trainable.EnumerateObject().Select(one => (one.Name, Words(one.Value.EnumerateArray().Select(n => n.GetInt64())))).Order(),
                graph.Constants.Values.Where(one => one.Role == ConstantRole.Parameter)
                    .Select(one => (one.Title, Words(one.Data.Shape))).Order());
        }
        var probe = NpzNames(folder);
        // An exported Sequential calls its only input "input", whatever the data call it.
        Assert.All(graph.Inputs, input => Assert.Contains(input.Name, probe.Append("input")));
        Assert.All(graph.Inputs, input => Assert.Null(input.Shape![0]));
    }

    [Theory, MemberData(nameof(Folders))]
    public void Weights_are_those_of_the_state_dict_bit_for_bit(string folder)
    {
        var graph = Read(folder);
        var path = Path.Combine(Shared, folder, "weights.safetensors");
        Assert.SkipUnless(File.Exists(path), $"{path} is missing");
        using var scope = NewDisposeScope();
        var stored = Safetensors.Read(path).Tensors;
        var byTitle = graph.Constants.Values.ToDictionary(one => one.Title, StringComparer.Ordinal);
        var (compared, tied) = (0, 0);
        foreach (var (name, tensor) in stored)
        {
            if (!byTitle.TryGetValue(name, out var constant))
            {
                Assert.Contains(graph.Remarks, remark => remark.Contains($" and {name} are one tensor (tied)", StringComparison.Ordinal));
                tied++;
                continue;
            }
            Assert.Equal(tensor.shape, constant.Data.Shape);
            Assert.True(tensor.bytes.SequenceEqual(constant.Data.Bytes.Span), name);
            compared++;
        }
        Assert.True(compared > 0);
        Assert.Equal(folder is "gpt2-tied" or "tied-small" ? 1 : 0, tied);
    }

    [Fact]
    public void Layers_have_the_names_of_the_model()
    {
        var layers = Read("bert").Nodes.Where(node => node.Operator == "aten.linear").Select(node => node.Layer);
        Assert.Contains("bert.bert.encoder.layer.0.attention.self.query", layers);
    }

    private static Graph Read(string folder)
    {
        var path = Path.Combine(Shared, folder, "model.pt2");
        Assert.SkipUnless(File.Exists(path), $"{path} is missing");
        Assert.True(new ExportedProgramReader().Recognises(path));
        return GraphFile.Read(path);
    }

    private static string Words(IEnumerable<long> shape) => string.Join(',', shape);

    private static JsonDocument Expected(string folder) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Shared, folder, "expected.json")));

    private static string[] NpzNames(string folder)
    {
        using var zip = System.IO.Compression.ZipFile.OpenRead(Path.Combine(Shared, folder, "probe.npz"));
        return [.. zip.Entries.Select(entry => Path.GetFileNameWithoutExtension(entry.FullName))];
    }
}
