using Brink.Graphs.Onnx.Schema;

namespace Brink.Graphs.Onnx;

/// <summary>The functions that a file defines, by domain, name and overload.</summary>
internal sealed class LocalFunctions
{
    private readonly Dictionary<(string Domain, string Name, string Overload), FunctionProto> _functions = [];
    private readonly Dictionary<FunctionProto, OperatorSets> _sets = new(ReferenceEqualityComparer.Instance);
    private readonly string _path;

    public LocalFunctions(ModelProto model, string path)
    {
        _path = path;
        foreach (var function in model.Functions)
        {
            if (!_functions.TryAdd((OperatorSets.Domain(function.Domain), function.Name, function.Overload), function))
                throw Damage.In(Place(function), "the function is defined twice");
        }
    }

    public int Count => _functions.Count;

    /// <summary>Returns the function that a node calls; null if it is an operator.</summary>
    public FunctionProto? Called(NodeProto node) =>
        _functions.GetValueOrDefault((OperatorSets.Domain(node.Domain), node.OpType, node.Overload));

    /// <summary>Operator sets of a function.</summary>
    public OperatorSets Sets(FunctionProto function)
    {
        if (!_sets.TryGetValue(function, out var sets)) _sets[function] = sets = new(function.OpsetImport, Place(function));
        return sets;
    }

    /// <summary>The file and the function, for messages.</summary>
    public string Place(FunctionProto function) => $"{_path}: function {Quoted.Of(function.Name)}";
}
