namespace Brink.Taylor;

/// <summary>The largest number of each window of x, the first of equal ones; a NaN counts as largest. Maxima along axes, over the
/// windows of images, and of two arrays side by side have this form.</summary>
/// <remarks>Windows lie within x: images are padded with a very negative number before.</remarks>
/// <param name="Shape">Shape of y.</param>
/// <param name="Box">Sizes of the box of windows, in the order of y's memory.</param>
/// <param name="From">First element of each window in x's memory.</param>
/// <param name="Window">Sizes of a window.</param>
/// <param name="Strides">Distances of neighbours in a window.</param>
internal sealed record Largest(Sizes Shape, Sizes Box, Places From, Sizes Window, Sizes Strides) : Selection
{
    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands)
    {
        var all = new Sizes([.. Box.Values, .. Window.Values]);
        var places = new Places(From.Offset, new([.. From.Strides.Values, .. Strides.Values]));
        return Box.Product == Shape.Product && places.Range(all) is ( >= 0, var highest) && highest < operands[0].Size
            ? Shape.Values
            : throw ShapeMismatch("maximum", operands);
    }

    internal override Tensor Torch(IReadOnlyList<Tensor> operands)
    {
        var table = From.Table(Box).unsqueeze(1) + new Places(0, Strides).Table(Window);
        var windows = Memory.Flat(operands[0]).index_select(0, table.flatten()).reshape(table.shape);
        using var quiet = no_grad();
        var chosen = windows.detach().argmax(1, keepdim: true);
        using var again = enable_grad();
        return Memory.Shaped(windows.gather(1, chosen), Shape.Values);
    }

    internal override unsafe void Choose<T>(Block<T> x, Block<T> y, int* chosen)
    {
        var window = Offsets(new(0, Strides), Window);
        var starts = Offsets(From, Box);
        for (var i = 0; i < starts.Length; i++)
        {
            var best = starts[i];
            foreach (var offset in window)
            {
                var (candidate, current) = (x.Data[starts[i] + offset], x.Data[best]);
                if (candidate > current || (T.IsNaN(candidate) && !T.IsNaN(current))) best = starts[i] + offset;
            }
            chosen[i] = best;
        }
    }

    private static int[] Offsets(Places places, Sizes box)
    {
        var offsets = new int[checked((int)box.Product)];
        offsets[0] = checked((int)places.Offset);
        var filled = 1;
        // The dimensions from the last to the first: each repeats what is there.
        for (var k = box.Values.Count - 1; k >= 0; k--)
        {
            var length = filled;
            for (var i = 1; i < box.Values[k]; i++)
                for (var j = 0; j < length; j++) offsets[filled++] = checked((int)(offsets[j] + (i * places.Strides.Values[k])));
        }
        return offsets;
    }
}
