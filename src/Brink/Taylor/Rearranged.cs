using System.Runtime.InteropServices;

namespace Brink.Taylor;

/// <summary>The element of an array for each index i of a box: offset + sum of i_k stride_k.</summary>
/// <param name="Offset">Element of the index 0.</param>
/// <param name="Strides">Distance of neighbours along each dimension of the box; it may be negative, or 0.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Places(long Offset, Sizes Strides)
{
    /// <summary>The elements of the places in the order of the box, int64.</summary>
    public Tensor Table(Sizes box)
    {
        var table = full(1, Offset, dtype: ScalarType.Int64);
        foreach (var (count, stride) in box.Values.Zip(Strides.Values))
            table = (table.unsqueeze(1) + (stride * arange(count, dtype: ScalarType.Int64))).flatten();
        return table;
    }

    /// <summary>The lowest and the highest element; the box is not empty.</summary>
    public (long Lowest, long Highest) Range(Sizes box)
    {
        var (lowest, highest) = (Offset, Offset);
        foreach (var (count, stride) in box.Values.Zip(Strides.Values))
        {
            if (stride < 0) lowest += (count - 1) * stride;
            else highest += (count - 1) * stride;
        }
        return (lowest, highest);
    }

    /// <summary>True if the box reaches each element of an array of this size once.</summary>
    public bool IsPermutation(Sizes box, long size) => box.Product == size && !Overlap(box);

    /// <summary>True if two indices may have the same element.</summary>
    public bool Overlap(Sizes box)
    {
        long reach = 0;
        var dimensions = box.Values.Zip(Strides.Values).Where(pair => pair.First != 1).OrderBy(pair => Math.Abs(pair.Second));
        foreach (var (count, stride) in dimensions)
        {
            if (Math.Abs(stride) <= reach) return true;
            reach += (count - 1) * Math.Abs(stride);
        }
        return false;
    }
}

/// <summary>A strided linear rearrangement: y at the places of y is the sum of x at the places of x over a box of indices, and a
/// constant elsewhere. Transposition, slices, repetition, padding, patches of images, sums along axes, and the transposes of
/// these have this form.</summary>
/// <remarks>The places are those of memory, in which the channels of images are innermost.</remarks>
/// <param name="Shape">Shape of y.</param>
/// <param name="Box">Sizes of the box.</param>
/// <param name="From">Places of x.</param>
/// <param name="To">Places of y. Elements of x that meet at one place are added.</param>
/// <param name="Elsewhere">The value of y at order 0 where the box does not reach; 0 where places of y overlap.</param>
internal sealed record Rearranged(Sizes Shape, Sizes Box, Places From, Places To, double Elsewhere = 0) : Linear
{
    private readonly StridedCopy _forth = new(Box, From, To), _back = new(Box, To, From);
    private readonly bool _isPermutation = To.IsPermutation(Box, Shape.Product);
    private readonly bool _overlaps = To.Overlap(Box);

    internal override bool TransposeAdds => true;

    // The default would compare the copies, which follow from the parameters.
    public bool Equals(Rearranged? other) =>
        other is not null && Shape.Equals(other.Shape) && Box.Equals(other.Box) && From == other.From && To == other.To
        && Elsewhere.Equals(other.Elsewhere);

    public override int GetHashCode() => HashCode.Combine(Shape, Box, From, To, Elsewhere);

    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands)
    {
        if (Box.Product > 0 && !(Fits(From, operands[0].Size) && Fits(To, Shape.Product))) throw ShapeMismatch("rearrangement", operands);
        return Shape.Values;

        bool Fits(Places places, long size) => places.Range(Box) is ( >= 0, var highest) && highest < size;
    }

    internal override Tensor Torch(IReadOnlyList<Tensor> operands)
    {
        var x = Memory.Flat(operands[0]);
        var taken = x.index_select(0, From.Table(Box));
        var table = To.Table(Box);
        var y = _overlaps || Elsewhere == 0 ? zeros(Shape.Product, dtype: x.dtype) : full(Shape.Product, Elsewhere, dtype: x.dtype);
        return Memory.Shaped(_overlaps ? y.index_add(0, table, taken, 1) : y.index_copy(0, table, taken), Shape.Values);
    }

    internal override unsafe void Apply<T>(Work<T> work, int k, int order, Block<T> x, Block<T> y, bool accumulate)
    {
        if (!accumulate && !_isPermutation)
            new Span<T>(y.Data, checked((int)y.Size)).Fill(order == 0 ? T.CreateTruncating(Elsewhere) : T.Zero);
        _forth.Run(work.Passes, x.Data, y.Data, accumulate || _overlaps);
    }

    internal override unsafe void Transpose<T>(Work<T> work, int k, Block<T> y, Block<T> x, bool accumulate) =>
        _back.Run(work.Passes, y.Data, x.Data, true);
}
