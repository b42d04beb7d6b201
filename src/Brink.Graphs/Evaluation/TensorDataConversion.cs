using System.Runtime.InteropServices;

namespace Brink.Graphs;

/// <summary>Conversion of stored tensors to libtorch's.</summary>
internal static class TensorDataConversion
{
    /// <summary>Makes a tensor: float64 from every floating-point type, int64 from every integer type, or truth values.</summary>
    /// <exception cref="GraphException">An unsigned integer exceeds int64.</exception>
    public static Tensor ToTensor(this TensorData data)
    {
        var span = data.Bytes.Span;
        long[] shape = [.. data.Shape];
        return data.Type switch
        {
            ElementType.Float64 => Of(MemoryMarshal.Cast<byte, double>(span)),
            ElementType.Float32 => Of(Widened(MemoryMarshal.Cast<byte, float>(span), value => value)),
            ElementType.Float16 => Of(Widened(MemoryMarshal.Cast<byte, Half>(span), value => (double)value)),
            ElementType.BFloat16 => Of(Widened(
                MemoryMarshal.Cast<byte, ushort>(span), value => BitConverter.UInt32BitsToSingle((uint)value << 16))),
            ElementType.Int64 => Whole(MemoryMarshal.Cast<byte, long>(span)),
            ElementType.Int32 => Whole(Integers(MemoryMarshal.Cast<byte, int>(span), value => value)),
            ElementType.Int16 => Whole(Integers(MemoryMarshal.Cast<byte, short>(span), value => value)),
            ElementType.Int8 => Whole(Integers(MemoryMarshal.Cast<byte, sbyte>(span), value => value)),
            ElementType.UInt8 => Whole(Integers(span, value => value)),
            ElementType.UInt16 => Whole(Integers(MemoryMarshal.Cast<byte, ushort>(span), value => value)),
            ElementType.UInt32 => Whole(Integers(MemoryMarshal.Cast<byte, uint>(span), value => value)),
            ElementType.UInt64 => Whole(Integers(MemoryMarshal.Cast<byte, ulong>(span), value => checked((long)value))),
            _ => Whole(Integers(span, value => value)).to(ScalarType.Bool),
        };

        Tensor Of(ReadOnlySpan<double> values) => tensor(values.ToArray(), dtype: ScalarType.Float64).reshape(shape);
        Tensor Whole(ReadOnlySpan<long> values) => tensor(values.ToArray(), dtype: ScalarType.Int64).reshape(shape);
    }

    private static double[] Widened<T>(ReadOnlySpan<T> values, Func<T, double> widen)
    {
        var wide = new double[values.Length];
        for (var i = 0; i < wide.Length; i++) wide[i] = widen(values[i]);
        return wide;
    }

    private static long[] Integers<T>(ReadOnlySpan<T> values, Func<T, long> widen)
    {
        var wide = new long[values.Length];
        for (var i = 0; i < wide.Length; i++) wide[i] = widen(values[i]);
        return wide;
    }
}
