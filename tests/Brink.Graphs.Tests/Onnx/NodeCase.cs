using Brink.Graphs.Onnx;
using Brink.Graphs.Onnx.Schema;
using Brink.Taylor;

namespace Brink.Graphs.Tests.Onnx;

/// <summary>A node test of the ONNX project: a small graph with inputs and the outputs of a reference implementation. They are in
/// the folder BRINK_ONNX_TESTS, or else in that of Debian's package libonnx-testdata.</summary>
internal sealed class NodeCase
{
    private static readonly string Root = Environment.GetEnvironmentVariable("BRINK_ONNX_TESTS") is { Length: > 0 } given
        ? given
        : "/usr/share/libonnx-testdata/data/node";

    private readonly string _data;
    private readonly GraphProto _declared;

    private NodeCase(string folder)
    {
        _data = Path.Combine(folder, "test_data_set_0");
        var path = Path.Combine(folder, "model.onnx");
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        // The opset of a case is that in which its operator changed last: in the oldest opset that is read it has the same meaning.
        foreach (var set in model.OpsetImport)
            if (set.Domain.Length == 0) set.Version = Math.Max(set.Version, Versions.OldestOpset);
        Versions.Check(model, path);
        Quantisation.Refuse(model, path);
        using var external = new ExternalData(path);
        Graph = new ModelConversion(path, model, new TensorReader(external)).Graph();
        _declared = model.Graph;
    }

    /// <summary>Names of the cases whose opset is read and whose operators are all known, in alphabetical order.</summary>
    public static IReadOnlyList<string> Claimed { get; } = Directory.Exists(Root)
        ? [.. Directory.EnumerateDirectories(Root).Select(folder => Path.GetFileName(folder)!).Where(IsClaimed)
            .Order(StringComparer.Ordinal)]
        : [];

    public Graph Graph { get; }

    /// <summary>The inputs that the outputs depend on differentiably.</summary>
    public IReadOnlySet<string> Differentiable
    {
        get
        {
            var reached = Reach.Of(Graph, Graph.Outputs);
            return Graph.Inputs.Where(input => input.Type.IsFloatingPoint() && reached.Contains(input.Name)).Select(input => input.Name)
                .ToHashSet(StringComparer.Ordinal);
        }
    }

    /// <summary>Reads a case, or skips the test where the cases are absent.</summary>
    /// <exception cref="GraphException">The reader refuses it.</exception>
    public static NodeCase Read(string name)
    {
        if (!Directory.Exists(Root) && Environment.GetEnvironmentVariable("BRINK_ONNX_TESTS_REQUIRED") is not "1")
            Assert.Skip($"no {Root}; install libonnx-testdata, or set BRINK_ONNX_TESTS to the folder of ONNX's node tests");
        return new(Path.Combine(Root, name));
    }

    /// <summary>The inputs by name.</summary>
    public Dictionary<string, Tensor> Inputs() =>
        Graph.Inputs.Zip(Tensors("input", _declared.Input))
            .ToDictionary(pair => pair.First.Name, pair => pair.Second, StringComparer.Ordinal);

    /// <summary>The inputs, those of <see cref="Differentiable"/> as parameters, and the values of the parameters [p].</summary>
    public (IReadOnlyList<(string Name, Quantity Value)> Inputs, Tensor Theta) Lifted()
    {
        var (values, lifted) = (new List<(string, Quantity)>(), new List<Tensor>());
        var offset = 0L;
        foreach (var (name, data) in Inputs())
        {
            var isLifted = data.numel() > 0 && Differentiable.Contains(name);
            values.Add((name, isLifted ? Quantity.Of(Value.Parameter(offset, [data.numel()]), data.shape) : Quantity.Of(data)));
            if (!isLifted) continue;
            lifted.Add(data.flatten());
            offset += data.numel();
        }
        return (values, lifted.Count == 0 ? zeros(0, dtype: ScalarType.Float64) : cat([.. lifted]));
    }

    /// <summary>The outputs of the reference implementation.</summary>
    public IReadOnlyList<Tensor> Expected() => [.. Tensors("output", _declared.Output)];

    /// <summary>Evaluates the graph.</summary>
    public Quantity[] Outputs(IEnumerable<(string Name, Quantity Value)> inputs)
    {
        var scope = new GraphScope();
        foreach (var constant in Graph.Constants.Values) scope[constant.Name] = Quantity.Of(constant.Data.ToTensor());
        foreach (var (name, value) in inputs) scope[name] = value;
        return scope.Evaluate(Graph);
    }

    private static bool IsClaimed(string name)
    {
        try
        {
            return GraphContent.Missing(new NodeCase(Path.Combine(Root, name)).Graph).Count == 0;
        }
        catch (GraphException)
        {
            return false;
        }
    }

    private IEnumerable<Tensor> Tensors(string kind, IReadOnlyList<ValueInfoProto> declared)
    {
        for (var i = 0; File.Exists(Path.Combine(_data, $"{kind}_{i}.pb")); i++)
        {
            var path = Path.Combine(_data, $"{kind}_{i}.pb");
            using var external = new ExternalData(path);
            var stored = new TensorReader(external).Read(TensorProto.Parser.ParseFrom(File.ReadAllBytes(path)), path);
            // The bits of bfloat16 are stored as uint16.
            var type = ElementTypeCodes.Supported(declared[i].Type.TensorType.ElemType, path);
            yield return (stored with { Type = type == ElementType.BFloat16 ? type : stored.Type }).ToTensor();
        }
    }
}
