using Brink.Graphs.Onnx.Schema;

namespace Brink.Graphs.Onnx;

/// <summary>ONNX's numbers for element types, in tensors and in attributes such as <c>to</c> of Cast.</summary>
internal static class ElementTypeCodes
{
    /// <summary>Returns the type of a number; null for types that are not supported.</summary>
    public static ElementType? Of(long code) => (TensorProto.Types.DataType)code switch
    {
        TensorProto.Types.DataType.Float16 => ElementType.Float16,
        TensorProto.Types.DataType.Bfloat16 => ElementType.BFloat16,
        TensorProto.Types.DataType.Float => ElementType.Float32,
        TensorProto.Types.DataType.Double => ElementType.Float64,
        TensorProto.Types.DataType.Int8 => ElementType.Int8,
        TensorProto.Types.DataType.Int16 => ElementType.Int16,
        TensorProto.Types.DataType.Int32 => ElementType.Int32,
        TensorProto.Types.DataType.Int64 => ElementType.Int64,
        TensorProto.Types.DataType.Uint8 => ElementType.UInt8,
        TensorProto.Types.DataType.Uint16 => ElementType.UInt16,
        TensorProto.Types.DataType.Uint32 => ElementType.UInt32,
        TensorProto.Types.DataType.Uint64 => ElementType.UInt64,
        TensorProto.Types.DataType.Bool => ElementType.Bool,
        _ => null,
    };

    /// <summary>Returns the type of a number, and refuses those that are not supported.</summary>
    /// <param name="where">File and name of the tensor or input.</param>
    public static ElementType Supported(long code, string where) => Of(code)
        ?? throw new GraphException($"{where}: elements of type {Name(code)} are not supported; export the model with float32 weights");

    private static string Name(long code) => code switch
    {
        0 => "undefined",
        > 0 and <= int.MaxValue when Enum.IsDefined((TensorProto.Types.DataType)code) =>
            ((TensorProto.Types.DataType)code).ToString().ToLowerInvariant(),
        _ => $"number {code}",
    };
}
