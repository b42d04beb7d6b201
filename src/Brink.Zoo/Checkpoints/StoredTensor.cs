using Brink.Zoo.Formats;

namespace Brink.Zoo.Checkpoints;

/// <summary>A strided view of a storage: element (i₁, ..., iₙ) is at offset + Σₖ iₖ strideₖ.</summary>
/// <param name="Key">Name of the storage in the folder <c>data</c>.</param>
/// <param name="Type">Type of the elements.</param>
/// <param name="Sizes">Sizes of the dimensions.</param>
/// <param name="Strides">Distances of neighbours along each dimension, in elements.</param>
/// <param name="Offset">Position of the first element, in elements.</param>
/// <param name="Count">The number of elements.</param>
/// <param name="End">Position after the last element, in elements.</param>
internal sealed record StoredTensor(
    string Key, ScalarType Type, long[] Sizes, long[] Strides, long Offset, long Count, long End)
{
    private const int MaxDimensions = 64;   // as in PyTorch
    private const long MaxElements = long.MaxValue / 16;

    /// <summary>Size of an element in bytes.</summary>
    public int ElementSize => Type switch
    {
        ScalarType.Float64 or ScalarType.Int64 => 8,
        ScalarType.Float32 or ScalarType.Int32 => 4,
        ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Int16 => 2,
        _ => 1,
    };

    /// <summary>Returns whether the elements are next to each other in row-major order.</summary>
    public bool IsRowMajor
    {
        get
        {
            var expected = 1L;
            for (var k = Sizes.Length - 1; k >= 0; k--)
            {
                if (Sizes[k] != 1 && Strides[k] != expected) return false;
                expected *= Sizes[k];
            }
            return true;
        }
    }

    /// <exception cref="InvalidDataException">The parts are not those of a tensor, or do not fit 64 bits.</exception>
    public static StoredTensor Of(StorageReference storage, PickledGlobal? type, object? offset, object? sizes, object? strides)
    {
        var elements = (type?.Type ?? storage.Type) ?? throw new InvalidDataException(
            "the elements of a tensor have no supported type; save float64, float32, float16, bfloat16, int8 to int64, uint8 or bool");
        if (offset is not (long and >= 0 and var first) || Integers(sizes) is not { } shape || Integers(strides) is not { } steps
            || shape.Length != steps.Length || shape.Length > MaxDimensions)
        {
            throw new InvalidDataException("a tensor has no valid offset, sizes or strides; the file is damaged, save it again");
        }
        // In 128 bits neither a product of two of these nor their sum overflows. Sizes of 0 do not reduce the bound: libtorch
        // refuses a tensor without elements whose strides exceed 64 bits.
        var (extent, last) = ((Int128)1, (Int128)first);
        for (var k = 0; k < shape.Length && extent <= MaxElements && last <= MaxElements; k++)
        {
            extent *= Math.Max(shape[k], 1);
            last += (Int128)Math.Max(shape[k] - 1, 0) * steps[k];
        }
        if (extent > MaxElements || last >= MaxElements)
            throw new InvalidDataException(
                $"the shape {Quoted.Of($"[{string.Join(",", shape)}]")} of a tensor is too large; the file is damaged, save it again");
        var empty = shape.Contains(0);
        return new(storage.Key, elements, shape, steps, first, empty ? 0 : (long)extent, empty ? first : (long)last + 1);
    }

    private static long[]? Integers(object? values) =>
        values is IReadOnlyList<object?> list && list.All(one => one is long and >= 0) ? [.. list.Select(one => (long)one!)] : null;
}
