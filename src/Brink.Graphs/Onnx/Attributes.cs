using Brink.Graphs.Onnx.Schema;
using static Brink.Graphs.Onnx.Schema.AttributeProto.Types;

namespace Brink.Graphs.Onnx;

/// <summary>Converts attributes of nodes to arguments.</summary>
/// <param name="tensors">Reader of tensors.</param>
/// <param name="body">Converts a nested graph in a scope.</param>
internal sealed class Attributes(TensorReader tensors, Func<GraphProto, Scope, string, Graph> body)
{
    /// <summary>Arguments without nested graphs, so that repeated calls of a function share them.</summary>
    private readonly Dictionary<AttributeProto, Argument> _known = new(ReferenceEqualityComparer.Instance);

    /// <summary>Returns the attributes of a node by name.</summary>
    /// <param name="scope">Scope of the node.</param>
    /// <param name="where">File and name of the node.</param>
    public Dictionary<string, Argument> Of(NodeProto node, Scope scope, string where)
    {
        var attributes = new Dictionary<string, Argument>(StringComparer.Ordinal);
        foreach (var attribute in node.Attribute)
        {
            // A reference to an attribute that the call omits omits this one.
            if (Bound(attribute, scope, where) is not { } bound) continue;
            if (!attributes.TryAdd(attribute.Name, Argument(bound, where)))
                throw Damage.In(where, $"the attribute {Quoted.Of(attribute.Name)} occurs twice");
        }
        return attributes;
    }

    /// <summary>Replaces references to attributes of functions by what the calls give; null if a call omits it.</summary>
    public static BoundAttribute? Bound(AttributeProto attribute, Scope scope, string where)
    {
        var bound = new BoundAttribute(attribute, scope);
        while (bound.Attribute.RefAttrName.Length > 0)
        {
            if (bound.Scope.Frame.Function is null)
                throw Damage.In(where, $"the attribute {Quoted.Of(attribute.Name)} refers to one outside of a function");
            if (!bound.Scope.Frame.Attributes.TryGetValue(bound.Attribute.RefAttrName, out var next)) return null;
            bound = next;
        }
        return bound;
    }

    /// <summary>Returns an attribute without references as an argument.</summary>
    public Argument Argument(BoundAttribute bound, string where)
    {
        var (attribute, scope) = bound;
        if (attribute.Type is AttributeType.Graph or AttributeType.Graphs)
            return Bodies(attribute, scope, where);
        if (!_known.TryGetValue(attribute, out var known)) _known[attribute] = known = Plain(attribute, where);
        return known;
    }

    private Argument Bodies(AttributeProto attribute, Scope scope, string where) => attribute.Type == AttributeType.Graphs
        ? new Argument.List([.. attribute.Graphs.Select(graph => new Argument.Body(body(graph, scope, where)))])
        : new Argument.Body(body(attribute.G ?? throw Damaged(attribute, where), scope, where));

    private Argument Plain(AttributeProto attribute, string where) => attribute.Type switch
    {
        AttributeType.Float => new Argument.Number(attribute.F),
        AttributeType.Int => new Argument.Integer(attribute.I),
        AttributeType.String => new Argument.Text(attribute.S.ToStringUtf8()),
        AttributeType.Tensor => Tensor(attribute.T ?? throw Damaged(attribute, where), attribute, where),
        AttributeType.Floats => new Argument.List([.. attribute.Floats.Select(number => new Argument.Number(number))]),
        AttributeType.Ints => new Argument.List([.. attribute.Ints.Select(number => new Argument.Integer(number))]),
        AttributeType.Strings => new Argument.List([.. attribute.Strings.Select(text => new Argument.Text(text.ToStringUtf8()))]),
        AttributeType.Tensors => new Argument.List([.. attribute.Tensors.Select(tensor => Tensor(tensor, attribute, where))]),
        AttributeType.SparseTensor or AttributeType.SparseTensors =>
            throw new GraphException(
                $"{where}: the attribute {Quoted.Of(attribute.Name)} is a sparse tensor;"
                    + " export the model with dense tensors"),
        AttributeType.TypeProto or AttributeType.TypeProtos =>
            throw new GraphException(
                $"{where}: the attribute {Quoted.Of(attribute.Name)} is a type of sequences or optionals;"
                    + " export the model with tensors only"),
        _ => throw Damaged(attribute, where),
    };

    private Argument.Data Tensor(TensorProto tensor, AttributeProto attribute, string where) =>
        new(tensors.Read(tensor, $"{where}, attribute {Quoted.Of(attribute.Name)}"));

    private static GraphException Damaged(AttributeProto attribute, string where) =>
        Damage.In(where, $"the attribute {Quoted.Of(attribute.Name)} has no value of its type");
}
