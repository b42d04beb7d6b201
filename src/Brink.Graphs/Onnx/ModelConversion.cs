using Brink.Graphs.Onnx.Schema;

namespace Brink.Graphs.Onnx;

/// <summary>Converts a parsed model to a graph.</summary>
internal sealed class ModelConversion
{
    private readonly string _path;
    private readonly ModelProto _model;
    private readonly TensorReader _tensors;
    private readonly UniqueNames _names = new();
    private readonly Constants _constants;
    private readonly NodeConversion _nodes;
    private readonly LocalFunctions _functions;

    /// <param name="path">Path of the file.</param>
    /// <param name="model">The file, of a version that is read.</param>
    /// <param name="tensors">Reader of its tensors.</param>
    public ModelConversion(string path, ModelProto model, TensorReader tensors)
    {
        _path = path;
        _model = model;
        _tensors = tensors;
        _functions = new(model, path);
        _constants = new(tensors, _names);
        _nodes = new(path, tensors, _functions, _constants, _names, Body);
    }

    /// <summary>Returns the model's graph.</summary>
    public Graph Graph()
    {
        var sets = new OperatorSets(_model.OpsetImport, _path);
        var scope = new Scope(null, new(sets, null, null, new Dictionary<string, BoundAttribute>(StringComparer.Ordinal), "", ""), _path);
        Reserve(_model.Graph);
        _constants.Define(_model.Graph, scope);
        var inputs = Inputs(_model.Graph, scope, name => name);
        var nodes = new List<GraphNode>();
        _nodes.Convert(_model.Graph.Node, scope, nodes);
        var outputs = _model.Graph.Output.Select(output => Output(output.Name, scope, nodes)).ToArray();
        if (outputs.Length == 0) throw Damage.In(_path, "the graph has no outputs");
        return new(Vocabulary.Onnx, inputs, outputs, nodes, _constants.ByName, Origin(sets), Remarks());
    }

    /// <summary>Reserves the names of the model's own values, so that those of functions and nested graphs are renamed.</summary>
    private void Reserve(GraphProto graph)
    {
        foreach (var name in graph.Initializer.Select(tensor => tensor.Name)
            .Concat(graph.Input.Select(input => input.Name))
            .Concat(graph.Node.SelectMany(node => node.Output)))
        {
            _names.TryReserve(name);
        }
    }

    /// <summary>Converts a nested graph.</summary>
    private Graph Body(GraphProto graph, Scope outer, string where)
    {
        _nodes.CountExpansion(4 + graph.Initializer.Count + graph.Input.Count + graph.Output.Count, where);
        var scope = new Scope(outer, outer.Frame, where);
        _constants.Define(graph, scope);
        var inputs = Inputs(graph, scope, _names.New);
        var nodes = new List<GraphNode>();
        _nodes.Convert(graph.Node, scope, nodes);
        string[] outputs = [.. graph.Output.Select(output => Value(output.Name, scope))];
        return new(Vocabulary.Onnx, inputs, outputs, nodes, new Dictionary<string, GraphConstant>(StringComparer.Ordinal), "", []);
    }

    /// <summary>The inputs of a graph, without those that are defaults of constants.</summary>
    private static GraphInput[] Inputs(GraphProto graph, Scope scope, Func<string, string> rename)
    {
        var constants = graph.Initializer.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        var inputs = new List<GraphInput>();
        foreach (var input in graph.Input.Where(input => !constants.Contains(input.Name)))
        {
            if (input.Name.Length == 0) throw Damage.In(scope.Place, "an input has no name");
            inputs.Add(ValueTypes.Input(input, rename(input.Name), scope.Place));
            scope.Define(input.Name, inputs[^1].Name);
        }
        return [.. inputs];
    }

    /// <summary>Returns an output of the model under its own name.</summary>
    private static string Output(string name, Scope scope, List<GraphNode> nodes)
    {
        var value = Value(name, scope);
        if (value == name) return name;
        // A function returns one of its inputs or constants.
        var version = scope.Frame.Sets.Default ?? Versions.NewestOpset;
        var attributes = new Dictionary<string, Argument>(StringComparer.Ordinal);
        nodes.Add(new("Identity", version, "", "", [new Argument.Reference(value)], attributes, [name]));
        return name;
    }

    private static string Value(string name, Scope scope) => scope.Find(name) is { Length: > 0 } value
        ? value
        : throw Damage.In(scope.Place, $"the output {Quoted.Of(name)} is not the result of a node");

    private string Origin(OperatorSets sets)
    {
        var opset = sets.Default is { } version ? $", opset {version}" : "";
        var producer = Quoted.OneLine($"{_model.ProducerName} {_model.ProducerVersion}".Trim());
        return $"ONNX, IR {_model.IrVersion}{opset}{(producer.Length > 0 ? $", by {producer}" : "")}";
    }

    private List<string> Remarks()
    {
        var remarks = new List<string>();
        string[] half =
        [
            .. _tensors.Types.Contains(ElementType.Float16) ? ["float16"] : (string[])[],
            .. _tensors.Types.Contains(ElementType.BFloat16) ? ["bfloat16"] : (string[])[],
        ];
        if (half.Length > 0) remarks.Add($"Tensors are stored in {string.Join(" and ", half)} and are widened.");
        if (_nodes.Calls > 0) remarks.Add($"{_nodes.Calls:N0} calls of {_functions.Count:N0} local functions are inlined.");
        if (_model.TrainingInfo.Count > 0) remarks.Add("The training steps that the file describes are not read.");
        return remarks;
    }
}
