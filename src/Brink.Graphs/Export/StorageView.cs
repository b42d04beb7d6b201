using System.Globalization;

namespace Brink.Graphs.Export;

/// <summary>A strided view of a block of stored bytes: element (i₁, ..., iₙ) is at offset + Σₖ iₖ strideₖ.</summary>
/// <param name="Type">Type of the elements.</param>
/// <param name="Sizes">Sizes of the dimensions.</param>
/// <param name="Strides">Distances of neighbours along each dimension, in elements.</param>
/// <param name="Offset">Position of the first element, in elements.</param>
/// <param name="Count">The number of elements.</param>
/// <param name="End">Position after the last element, in elements.</param>
internal sealed record StorageView(
    ElementType Type, IReadOnlyList<long> Sizes, IReadOnlyList<long> Strides, long Offset, long Count, long End)
{
    private const int MaxDimensions = 64;   // as in PyTorch

    /// <summary>Text that is equal for equal views.</summary>
    public string Key => string.Create(
        CultureInfo.InvariantCulture, $"{Type} {Offset} {string.Join(',', Sizes)} {string.Join(',', Strides)}");

    /// <summary>Reads the view that a payload declares.</summary>
    /// <exception cref="GraphException">The elements do not have a supported type or layout, or do not fit 64 bits.</exception>
    public static StorageView Of(Field meta)
    {
        if (Enumerations.LayoutOf(meta["layout"]) is var layout and not "strided")
            throw meta.Wrong($"the tensor is stored as {layout}; convert it to a dense tensor before the export");
        var sizes = FixedList(meta["sizes"]);
        var strides = FixedList(meta["strides"]);
        if (strides.Length != sizes.Length)
            throw meta.Wrong($"{sizes.Length} sizes and {strides.Length} strides do not fit; the file is damaged, save it again");
        var offset = FixedSize(meta["storage_offset"]);
        // In 128 bits neither a product of two sizes nor their sum overflows.
        var (count, last) = ((Int128)1, (Int128)offset);
        for (var k = 0; k < sizes.Length && count <= long.MaxValue && last < long.MaxValue; k++)
        {
            count *= sizes[k];
            last += sizes[k] == 0 ? 0 : (Int128)(sizes[k] - 1) * strides[k];
        }
        if (count > long.MaxValue / 8 || last >= long.MaxValue / 8)
            throw meta.Wrong("the sizes or strides are too large for 64 bits; the file is damaged, save it again");
        return new(
            Enumerations.ElementTypeOf(meta["dtype"]), sizes, strides, offset, sizes.Contains(0) ? 0 : (long)count,
            sizes.Contains(0) ? offset : (long)last + 1);
    }

    /// <summary>The elements in row-major order, without a copy where the storage has that order.</summary>
    /// <param name="storage">The stored bytes, at least up to <see cref="End"/>.</param>
    /// <param name="claim">Counts the memory of a copy.</param>
    public ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> storage, Action<long> claim)
    {
        if (Count == 0) return default;
        var size = Type.Size();
        // The trailing dimensions that have row-major order are copied as one block.
        var (outer, block) = (Sizes.Count, 1L);
        while (outer > 0 && (Sizes[outer - 1] == 1 || Strides[outer - 1] == block)) block *= Sizes[--outer];
        if (outer == 0) return storage.Slice((int)(Offset * size), (int)(Count * size));
        claim(Count * size);
        var gathered = new byte[Count * size];
        Gather(storage.Span, gathered, outer, block);
        return gathered;
    }

    private void Gather(ReadOnlySpan<byte> storage, Span<byte> gathered, int outer, long block)
    {
        var (index, at, length) = (new long[outer], Offset, (int)(block * Type.Size()));
        for (; gathered.Length > 0; gathered = gathered[length..])
        {
            storage.Slice((int)(at * Type.Size()), length).CopyTo(gathered);
            for (var k = outer - 1; k >= 0; k--)
            {
                at += Strides[k];
                if (++index[k] < Sizes[k]) break;
                at -= Sizes[k] * Strides[k];
                index[k] = 0;
            }
        }
    }

    private static long[] FixedList(Field sizes) => sizes.Items is { Count: <= MaxDimensions } items
        ? [.. items.Select(FixedSize)]
        : throw sizes.Wrong($"a tensor has more than {MaxDimensions} dimensions; the file is damaged, save it again");

    private static long FixedSize(Field size) => size.Union is ("as_int", var integer)
        ? integer.Size
        : throw size.Wrong("a stored tensor has a symbolic size; the file is damaged, save it again");
}
