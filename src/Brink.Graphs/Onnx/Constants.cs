using Brink.Graphs.Onnx.Schema;
using Google.Protobuf;

namespace Brink.Graphs.Onnx;

/// <summary>The tensors of a file: initializers of all graphs, and Constant nodes. One that belongs to a function is the same tensor
/// in every call.</summary>
/// <param name="tensors">Reader of tensors.</param>
/// <param name="names">Names of the file.</param>
internal sealed class Constants(TensorReader tensors, UniqueNames names)
{
    private readonly Dictionary<string, GraphConstant> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<IMessage, string> _known = new(ReferenceEqualityComparer.Instance);

    public IReadOnlyDictionary<string, GraphConstant> ByName => _byName;

    /// <summary>Adds the initializers of a graph and defines their names.</summary>
    public void Define(GraphProto graph, Scope scope)
    {
        if (graph.SparseInitializer.Count > 0)
            throw new GraphException(
                $"{scope.Place}: {graph.SparseInitializer.Count} initializers are sparse;"
                    + " export the model with dense tensors");
        foreach (var tensor in graph.Initializer)
        {
            if (tensor.Name.Length == 0) throw Damage.In(scope.Place, "an initializer has no name");
            if (!_known.TryGetValue(tensor, out var name))
            {
                name = scope.NewName(tensor.Name, names);
                var data = tensors.Read(tensor, $"{scope.Place}: tensor {Quoted.Of(tensor.Name)}");
                _byName[name] = new(name, tensor.Name, ConstantRole.Unstated, data);
                _known[tensor] = name;
            }
            scope.Define(tensor.Name, name);
        }
    }

    /// <summary>Adds the tensor of a Constant node and defines the name of its result.</summary>
    /// <param name="data">Returns the tensor.</param>
    public void Define(NodeProto node, Scope scope, Func<TensorData> data)
    {
        var shared = node.Attribute.All(attribute => attribute.RefAttrName.Length == 0);
        if (!shared || !_known.TryGetValue(node, out var name))
        {
            name = scope.NewName(node.Output[0], names);
            var tensor = data();
            // Exporters store weights in Constant nodes at times.
            var role = tensor.Type.IsFloatingPoint() ? ConstantRole.Unstated : ConstantRole.Fixed;
            _byName[name] = new(name, node.Output[0], role, tensor);
            if (shared) _known[node] = name;
        }
        scope.Define(node.Output[0], name);
    }
}
