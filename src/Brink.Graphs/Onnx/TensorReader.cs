using Brink.Graphs.Onnx.Schema;

namespace Brink.Graphs.Onnx;

/// <summary>Reads stored tensors. Sizes are checked against the bytes in the file before memory is allocated.</summary>
/// <param name="external">Files next to the model that hold the elements of tensors.</param>
internal sealed class TensorReader(ExternalData external)
{
    private const int LargestRank = 64;

    private readonly HashSet<ElementType> _types = [];

    /// <summary>Types of the tensors that were read.</summary>
    public IReadOnlySet<ElementType> Types => _types;

    /// <summary>Reads a tensor.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="where">File and name of the tensor.</param>
    public TensorData Read(TensorProto tensor, string where)
    {
        var type = ElementTypeCodes.Supported(tensor.DataType, where);
        if (tensor.Segment is not null) throw new GraphException($"{where}: the tensor is stored in segments; export the model again");
        if (tensor.Dims.Count > LargestRank) throw new GraphException(
            $"{where}: {tensor.Dims.Count} dimensions;"
                + $" at most {LargestRank} are supported");
        long[] shape = [.. tensor.Dims];
        var bytes = Elements(tensor, type, Count(shape, type, where), where);
        if (type == ElementType.Bool && bytes.Span.ContainsAnyExceptInRange((byte)0, (byte)1))
            throw Damage.In(where, "a truth value is neither 0 nor 1");
        _types.Add(type);
        return new(type, shape, bytes);
    }

    private ReadOnlyMemory<byte> Elements(TensorProto tensor, ElementType type, long count, string where)
    {
        if (tensor.DataLocation == TensorProto.Types.DataLocation.External) return external.Read(tensor, count * type.Size(), where);
        if (!tensor.HasRawData) return TypedElements.Bytes(tensor, type, count, where);
        if (tensor.RawData.Length == count * type.Size()) return tensor.RawData.Memory;
        throw Damage.In(where, $"the shape {Shown(tensor)} takes {count * type.Size()} bytes, and {tensor.RawData.Length} are stored");
    }

    /// <summary>The number of elements, whose bytes an array could hold.</summary>
    private static long Count(long[] shape, ElementType type, string where)
    {
        var count = shape.Contains(0) ? 0L : 1L;
        foreach (var size in shape)
        {
            if (size < 0) throw Damage.In(where, $"a dimension has size {size}");
            if (count > 0 && size > Array.MaxLength / type.Size() / count)
                throw new GraphException($"{where}: the tensor is larger than 2 GB, or its shape is damaged; export the model again");
            count *= size;
        }
        return count;
    }

    private static string Shown(TensorProto tensor) => $"[{Quoted.OneLine(string.Join(", ", tensor.Dims))}]";
}
