using System.Runtime.InteropServices;
using Brink.Graphs.Onnx.Schema;

namespace Brink.Graphs.Onnx;

/// <summary>The tensors of Constant nodes.</summary>
internal static class ConstantNodes
{
    /// <summary>True for Constant of the default operator set.</summary>
    public static bool IsConstant(NodeProto node) => node.OpType == "Constant" && OperatorSets.Domain(node.Domain).Length == 0;

    /// <summary>Returns the tensor of a node.</summary>
    /// <param name="attributes">Attributes of the node.</param>
    /// <param name="where">File and name of the node.</param>
    public static TensorData Tensor(IReadOnlyDictionary<string, Argument> attributes, string where) =>
        attributes.Count != 1 ? throw NoValue(where)
        : attributes.First() switch
        {
            { Key: "value", Value: Argument.Data data } => data.Value,
            { Key: "value_float", Value: Argument.Number number } => Scalar(ElementType.Float32, (float)number.Value),
            { Key: "value_int", Value: Argument.Integer integer } => Scalar(ElementType.Int64, integer.Value),
            { Key: "value_floats", Value: Argument.List list } =>
                Vector(ElementType.Float32, list, (Argument.Number number) => (float)number.Value, where),
            { Key: "value_ints", Value: Argument.List list } =>
                Vector(ElementType.Int64, list, (Argument.Integer integer) => integer.Value, where),
            { Key: "value_string" or "value_strings" } =>
                throw new GraphException($"{where}: elements of type string are not supported; export the model with numbers as inputs"),
            _ => throw NoValue(where),
        };

    private static TensorData Scalar<T>(ElementType type, T value)
        where T : unmanaged => new(type, [], MemoryMarshal.AsBytes<T>([value]).ToArray());

    private static TensorData Vector<TArgument, T>(ElementType type, Argument.List list, Func<TArgument, T> value, string where)
        where TArgument : Argument
        where T : unmanaged
    {
        var elements = list.Items.Select(item => item is TArgument argument ? value(argument) : throw NoValue(where)).ToArray();
        return new(type, [elements.Length], MemoryMarshal.AsBytes<T>(elements).ToArray());
    }

    private static GraphException NoValue(string where) => Damage.In(where, "the constant must have one value");
}
