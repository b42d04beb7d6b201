using Brink.Graphs.Onnx.Schema;

namespace Brink.Graphs.Onnx;

/// <summary>Declared types and shapes of inputs.</summary>
internal static class ValueTypes
{
    /// <summary>Returns an input of a graph; refuses inputs that are no tensors.</summary>
    /// <param name="value">The declaration.</param>
    /// <param name="name">Name of the input in the graph.</param>
    /// <param name="place">The file, or the node whose nested graph has the input.</param>
    public static GraphInput Input(ValueInfoProto value, string name, string place)
    {
        var where = $"{place}: input {Quoted.Of(value.Name)}";
        if (value.Type?.TensorType is not { } tensor)
        {
            throw new GraphException(
                $"{where}: {(value.Type is null ? "its type is not stated" : "it is no tensor")}; export the model with tensors as inputs");
        }
        var type = ElementTypeCodes.Supported(tensor.ElemType, where);
        return new(name, type, tensor.Shape is { } shape ? [.. shape.Dim.Select(Size)] : null);
    }

    /// <summary>Size of a dimension; null if it is a name. Some exporters write -1 in its place.</summary>
    private static long? Size(TensorShapeProto.Types.Dimension dimension) =>
        dimension is { HasDimValue: true, DimValue: >= 0 } ? dimension.DimValue : null;
}
