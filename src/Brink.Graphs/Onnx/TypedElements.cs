using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Brink.Graphs.Onnx.Schema;
using Google.Protobuf.Collections;

namespace Brink.Graphs.Onnx;

/// <summary>Elements that a file stores as numbers instead of bytes.</summary>
internal static class TypedElements
{
    /// <summary>Returns the elements as bytes.</summary>
    /// <param name="count">The number of elements that the shape requires.</param>
    /// <param name="where">File and name of the tensor.</param>
    public static byte[] Bytes(TensorProto tensor, ElementType type, long count, string where) => type switch
    {
        ElementType.Float32 => Copied(tensor.FloatData, count, where),
        ElementType.Float64 => Copied(tensor.DoubleData, count, where),
        ElementType.Int32 => Copied(tensor.Int32Data, count, where),
        ElementType.Int64 => Copied(tensor.Int64Data, count, where),
        ElementType.UInt64 => Copied(tensor.Uint64Data, count, where),
        ElementType.UInt32 => Narrowed(tensor.Uint64Data, count, where),
        ElementType.Int8 => Narrowed(tensor.Int32Data, count, 1, sbyte.MinValue, sbyte.MaxValue, where),
        ElementType.UInt8 => Narrowed(tensor.Int32Data, count, 1, 0, byte.MaxValue, where),
        ElementType.Bool => Narrowed(tensor.Int32Data, count, 1, 0, 1, where),
        ElementType.Int16 => Narrowed(tensor.Int32Data, count, 2, short.MinValue, short.MaxValue, where),
        // The bits of numbers of 16 bits are stored as integers.
        _ => Narrowed(tensor.Int32Data, count, 2, 0, ushort.MaxValue, where),
    };

    private static byte[] Copied<T>(RepeatedField<T> stored, long count, string where)
        where T : unmanaged
    {
        CheckCount(stored.Count, count, where);
        var elements = new T[stored.Count];
        stored.CopyTo(elements, 0);
        return MemoryMarshal.AsBytes<T>(elements).ToArray();
    }

    private static byte[] Narrowed(RepeatedField<int> stored, long count, int size, int least, int greatest, string where)
    {
        CheckCount(stored.Count, count, where);
        var bytes = new byte[stored.Count * size];
        for (var i = 0; i < stored.Count; i++)
        {
            if (stored[i] < least || stored[i] > greatest) throw OutOfRange(stored[i], where);
            if (size == 1) bytes[i] = (byte)stored[i];
            else BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2 * i), (ushort)stored[i]);
        }
        return bytes;
    }

    private static byte[] Narrowed(RepeatedField<ulong> stored, long count, string where)
    {
        CheckCount(stored.Count, count, where);
        var bytes = new byte[stored.Count * sizeof(uint)];
        for (var i = 0; i < stored.Count; i++)
        {
            if (stored[i] > uint.MaxValue) throw OutOfRange(stored[i], where);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(sizeof(uint) * i), (uint)stored[i]);
        }
        return bytes;
    }

    private static void CheckCount(int stored, long count, string where)
    {
        if (stored != count)
            throw Damage.In(where, $"the shape requires {count} elements, and {stored} are stored");
    }

    private static GraphException OutOfRange(object value, string where) =>
        Damage.In(where, $"the element {value} does not fit its type");
}
