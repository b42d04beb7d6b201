using Brink.Graphs.Onnx.Schema;

namespace Brink.Graphs.Onnx;

/// <summary>Converts lists of nodes; calls of local functions are replaced by the nodes of the functions.</summary>
internal sealed class NodeConversion
{
    /// <summary>The most nested graphs and calls around a node.</summary>
    private const int LargestDepth = 64;

    /// <summary>The most arguments, results and attributes that calls of functions add: a small file could describe any number.</summary>
    private const int LargestExpansion = 500_000;

    /// <summary>Longer names of calls and nodes are not joined.</summary>
    private const int LongestName = 256;

    private readonly string _path;
    private readonly LocalFunctions _functions;
    private readonly Constants _constants;
    private readonly UniqueNames _names;
    private readonly Attributes _attributes;
    private int _expansion;
    private int _depth;
    private int _calling;

    /// <param name="path">Path of the file.</param>
    /// <param name="tensors">Reader of tensors.</param>
    /// <param name="functions">Functions of the file.</param>
    /// <param name="constants">Receives the tensors of Constant nodes.</param>
    /// <param name="names">Names of the file.</param>
    /// <param name="body">Converts a nested graph in a scope.</param>
    public NodeConversion(
        string path,
        TensorReader tensors,
        LocalFunctions functions,
        Constants constants,
        UniqueNames names,
        Func<GraphProto, Scope, string, Graph> body)
    {
        (_path, _functions, _constants, _names) = (path, functions, constants, names);
        _attributes = new(tensors, body);
    }

    /// <summary>The number of calls of functions that were inlined.</summary>
    public int Calls { get; private set; }

    /// <summary>Converts nodes in their order and defines their results.</summary>
    /// <param name="nodes">The nodes.</param>
    /// <param name="scope">Scope of the nodes.</param>
    /// <param name="converted">Receives the nodes.</param>
    public void Convert(IReadOnlyList<NodeProto> nodes, Scope scope, List<GraphNode> converted)
    {
        if (++_depth > LargestDepth)
            throw new GraphException(
                $"{scope.Place}: more than {LargestDepth} graphs and functions are nested;"
                    + " export the model without local functions");
        for (var i = 0; i < nodes.Count; i++)
        {
            var node = nodes[i];
            var where = $"{_path}: node {Shown(node, i)}";
            if (node.OpType.Length == 0) throw Damage.In(where, "it names no operator");
            CountExpansion(4 + node.Input.Count + node.Output.Count + node.Attribute.Count, where);
            if (_functions.Called(node) is { } function) Inline(function, node, Inputs(nodes, i, scope, where), scope, where, converted);
            else if (ConstantNodes.IsConstant(node)) DefineConstant(node, scope, where);
            else converted.Add(Operator(node, Inputs(nodes, i, scope, where), scope, where));
        }
        _depth--;
    }

    /// <summary>Counts what is made while a function is called, and refuses too much.</summary>
    /// <param name="size">The number of arguments, results and attributes.</param>
    /// <param name="where">File and node.</param>
    public void CountExpansion(int size, string where)
    {
        if (_calling > 0 && (_expansion += size) > LargestExpansion)
            throw new GraphException($"{where}: the local functions expand to too many nodes; export the model without local functions");
    }

    private GraphNode Operator(NodeProto node, string[] inputs, Scope scope, string where)
    {
        var version = scope.Frame.Sets.Version(OperatorSets.Domain(node.Domain))
            ?? throw Damage.In(where, $"the version of the operator set {Quoted.Of(node.Domain)} is not stated");
        var attributes = _attributes.Of(node, scope, where);
        var outputs = new string[node.Output.Count];
        for (var i = 0; i < outputs.Length; i++)
        {
            outputs[i] = node.Output[i].Length == 0 ? "" : scope.NewName(node.Output[i], _names);
            if (outputs[i].Length > 0) scope.Define(node.Output[i], outputs[i]);
        }
        return new(
            OperatorSets.NameOf(node),
            version,
            node.Name.Length is 0 or > LongestName ? node.Name : scope.Frame.Prefix + node.Name,
            LayerNames.Of(node, scope.Frame.Layer),
            [.. inputs.Select(value => value == Scope.Omitted ? (Argument)new Argument.Missing() : new Argument.Reference(value))],
            attributes,
            outputs);
    }

    private void DefineConstant(NodeProto node, Scope scope, string where)
    {
        if (node.Output is not [{ Length: > 0 }])
            throw Damage.In(where, "the constant must have one result with a name");
        _constants.Define(node, scope, () => ConstantNodes.Tensor(_attributes.Of(node, scope, where), where));
    }

    /// <summary>Converts the nodes of a function in place of a call.</summary>
    private void Inline(FunctionProto function, NodeProto call, string[] inputs, Scope caller, string where, List<GraphNode> converted)
    {
        if (caller.Frame.IsCalling(function))
            throw new GraphException(
                $"{where}: the function {Quoted.Of(function.Name)} calls itself;"
                    + " export the model without local functions");
        if (inputs.Length > function.Input.Count || call.Output.Count > function.Output.Count)
            throw Damage.In(where, $"more inputs or results than the function {Quoted.Of(function.Name)} has");
        var prefix = call.Name.Length is 0 || caller.Frame.Prefix.Length + call.Name.Length > LongestName ? "" : $"{call.Name}/";
        var frame = new Frame(
            _functions.Sets(function),
            caller,
            function,
            Arguments(function, call, caller, where),
            caller.Frame.Prefix + prefix,
            LayerNames.Of(call, caller.Frame.Layer));
        var scope = new Scope(null, frame, _functions.Place(function));
        Calls++;
        _calling++;
        for (var i = 0; i < function.Input.Count; i++) scope.Define(function.Input[i], i < inputs.Length ? inputs[i] : Scope.Omitted);
        for (var i = 0; i < call.Output.Count; i++)
            if (call.Output[i].Length > 0) scope.Required.TryAdd(function.Output[i], caller.NewName(call.Output[i], _names));
        Convert(function.Node, scope, converted);
        _calling--;
        for (var i = 0; i < call.Output.Count; i++)
        {
            if (call.Output[i].Length == 0) continue;
            var value = scope.Find(function.Output[i])
                ?? throw Damage.In(scope.Place, $"the output {Quoted.Of(function.Output[i])} is not the result of a node");
            caller.Define(call.Output[i], value);
        }
    }

    /// <summary>The attributes of a call, and the defaults of those that it omits.</summary>
    private static Dictionary<string, BoundAttribute> Arguments(FunctionProto function, NodeProto call, Scope caller, string where)
    {
        var arguments = new Dictionary<string, BoundAttribute>(StringComparer.Ordinal);
        foreach (var attribute in call.Attribute)
            if (Attributes.Bound(attribute, caller, where) is { } bound) arguments[attribute.Name] = bound;
        foreach (var attribute in function.AttributeProto) arguments.TryAdd(attribute.Name, new(attribute, caller));
        return arguments;
    }

    /// <summary>The values of a node's inputs; omitted ones are empty.</summary>
    private static string[] Inputs(IReadOnlyList<NodeProto> nodes, int at, Scope scope, string where)
    {
        var values = new string[nodes[at].Input.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var name = nodes[at].Input[i];
            values[i] = name.Length == 0 ? Scope.Omitted : scope.Find(name) ?? throw Damage.In(
                where,
                nodes.Skip(at).Any(later => later.Output.Contains(name))
                    ? $"its input {Quoted.Of(name)} is the result of a later node"
                    : $"its input {Quoted.Of(name)} does not exist");
        }
        return values;
    }

    private static string Shown(NodeProto node, int at) =>
        node.Name.Length > 0 ? Quoted.Of(node.Name) : $"{at} ({Quoted.OneLine(node.OpType)})";
}
