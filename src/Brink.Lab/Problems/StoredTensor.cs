using Brink.Graphs;

namespace Brink.Lab;

/// <summary>Conversion of tensors to the form in which a graph stores them.</summary>
internal static class StoredTensor
{
    /// <summary>Copies a tensor.</summary>
    public static TensorData Of(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var type = tensor.dtype switch
        {
            ScalarType.Float16 => ElementType.Float16,
            ScalarType.BFloat16 => ElementType.BFloat16,
            ScalarType.Float32 => ElementType.Float32,
            ScalarType.Float64 => ElementType.Float64,
            ScalarType.Int8 => ElementType.Int8,
            ScalarType.Int16 => ElementType.Int16,
            ScalarType.Int32 => ElementType.Int32,
            ScalarType.Int64 => ElementType.Int64,
            ScalarType.Byte => ElementType.UInt8,
            _ => ElementType.Bool,
        };
        return new(type, tensor.shape, tensor.contiguous().bytes.ToArray());
    }
}
