using Brink.Taylor;

namespace Brink.Graphs;

// Convolutions, pooling and norms of images [n,c,...] of any number of dimensions. In memory the channels are innermost.
internal sealed partial class Quantity
{
    /// <summary>Convolves images (a cross-correlation): [n,c,...] to [n,filters,...].</summary>
    /// <param name="weight">Kernels [filters,c/groups,...].</param>
    /// <param name="axes">How the kernels pass over each dimension after the second.</param>
    /// <param name="groups">Groups of neighbouring channels, each of which has filters of its own.</param>
    public Quantity Convolve(Quantity weight, IReadOnlyList<ConvolutionAxis> axes, long groups = 1)
    {
        if (Rank < 3 || weight.Rank != Rank || axes.Count != Rank - 2
            || weight.Shape[1] * groups != Shape[1] || weight.Shape[0] % groups != 0)
        {
            throw Misfit(weight, groups);
        }
        long[] outputs = [.. axes.Select((axis, k) => axis.Outputs(Shape[k + 2], weight.Shape[k + 2]))];
        if (outputs.Any(n => n <= 0))
        {
            throw new GraphException(
                $"kernels [{string.Join(',', weight.Shape)}] exceed the images [{string.Join(',', Shape)}] with their borders");
        }
        if (!Moves && !weight.Moves) return Lifted().Convolve(weight.Lifted(), axes, groups).Settled();
        return groups == 1 && Rank <= 4 ? Direct(weight, axes, outputs) : ByPatches(weight, axes, groups, outputs);
    }

    /// <summary>The transpose of a convolution by its images: [n,c,...] to [n,filters,...].</summary>
    /// <param name="weight">Kernels [c,filters/groups,...].</param>
    /// <param name="axes">How the kernels pass over the results; what lies in the borders is removed.</param>
    /// <param name="added">Elements added after each dimension of the results.</param>
    /// <param name="groups">Groups of neighbouring channels.</param>
    public Quantity ConvolveTransposed(Quantity weight, IReadOnlyList<ConvolutionAxis> axes, IReadOnlyList<long> added, long groups = 1)
    {
        if (Rank < 3 || weight.Rank != Rank || weight.Shape[0] != Shape[1] || Shape[1] % groups != 0) throw Misfit(weight, groups);
        if (!Moves && !weight.Moves) return Lifted().ConvolveTransposed(weight.Lifted(), axes, added, groups).Settled();
        var (n, c, filters) = (Shape[0], Shape[1] / groups, weight.Shape[1]);
        long[] inputs = Shape[2..], kernel = weight.Shape[2..];
        int[] spatial = [.. Enumerable.Range(0, inputs.Length)];
        // Each pixel gives a patch: [groups, n pixels, c] times [groups, c, taps filters].
        var pixels = Reshape([n, groups, c, .. inputs])
            .Transpose([1, 0, .. spatial.Select(k => k + 3), 2]).Reshape(groups, n * Product(inputs), c);
        var factors = weight.Reshape([groups, c, filters, .. kernel])
            .Transpose([0, 1, .. spatial.Select(k => k + 3), 2]).Reshape(groups, c, Product(kernel) * filters);
        var patches = MatMul(pixels, factors).Contiguous();
        long[] reach = [.. axes.Select((axis, k) =>
            ((inputs[k] - 1) * axis.Stride) + (axis.Dilation * (kernel[k] - 1)) + 1 + Math.Max(0, added[k]))];
        long[] shape = [n, groups * filters, .. reach];
        var order = ChannelsLast(Rank);
        var to = Strides(shape, order);
        var steps = axes.Select((axis, k) => to[k + 2] * axis.Stride);
        var taps = axes.Select((axis, k) => to[k + 2] * axis.Dilation);
        var sum = patches.Rearrange(
            [Product(shape)],
            [groups, n, .. inputs, .. kernel, filters],
            (0, Strides([groups, n, .. inputs, .. kernel, filters], [.. Enumerable.Range(0, 3 + (2 * inputs.Length))])),
            (0, [to[1] * filters, to[0], .. steps, .. taps, to[1]]));
        return InOrder(sum, shape, order).Pad(
            [0, 0, .. axes.Select(axis => -(long)axis.Before)], [0, 0, .. axes.Select(axis => -(long)axis.After)], 0);
    }

    /// <summary>The largest number of each window of each channel.</summary>
    /// <param name="window">Sizes of the windows.</param>
    /// <param name="axes">How they pass over the images; borders are never the largest.</param>
    public Quantity LargestOfWindows(IReadOnlyList<long> window, IReadOnlyList<ConvolutionAxis> axes)
    {
        if (!Moves) return Lifted().LargestOfWindows(window, axes).Settled();
        var (x, box, shape) = Windows(window, axes, double.NegativeInfinity);
        var largest = x._base!.LargestOf(
            [Product(box.Sizes)],
            box.Sizes,
            (x._offset, box.Strides),
            [.. window],
            [.. axes.Select((axis, k) => x._strides[k + 2] * axis.Dilation)]);
        return InOrder(largest, shape, ChannelsLast(Rank));
    }

    /// <summary>The mean of each window of each channel.</summary>
    /// <param name="window">Sizes of the windows.</param>
    /// <param name="axes">How they pass over the images.</param>
    /// <param name="countsBorder">True to count the zeros of the borders.</param>
    public Quantity MeanOfWindows(IReadOnlyList<long> window, IReadOnlyList<ConvolutionAxis> axes, bool countsBorder)
    {
        if (!Moves) return Lifted().MeanOfWindows(window, axes, countsBorder).Settled();
        var side = (int)window[0];
        var isTiling = axes.Select((axis, k) => axis == new ConvolutionAxis(side, 0, 0) && window[k] == side && Shape[k + 2] % side == 0);
        if (Rank == 4 && isTiling.All(fits => fits))
            return InOrder(AsImages().AveragePool(side), [.. Shape.Take(2), .. Shape.Skip(2).Select(n => n / side)], ChannelsLast(4));
        var (x, box, shape) = Windows(window, axes, 0);
        var sum = x._base!.Rearrange(
            [Product(box.Sizes)],
            [.. box.Sizes, .. window],
            (x._offset, [.. box.Strides, .. axes.Select((axis, k) => x._strides[k + 2] * axis.Dilation)]),
            (0, [.. Strides(box.Sizes, [.. Enumerable.Range(0, Rank)]), .. window.Select(_ => 0L)]));
        var sums = InOrder(sum, shape, ChannelsLast(Rank));
        if (countsBorder || axes.All(axis => axis is { Before: 0, After: 0 })) return 1.0 / Product(window) * sums;
        var ones = Of(torch.ones([1, 1, .. Shape.Skip(2)], dtype: ScalarType.Float64));
        return sums / (Product(window) * ones.MeanOfWindows(window, axes, countsBorder: true));
    }

    /// <summary>Adds a number to each channel.</summary>
    /// <param name="shifts">Shifts [c]; null for none.</param>
    public Quantity AddChannels(Quantity? shifts) =>
        shifts is null ? this : this + shifts.Reshape([1, Shape[1], .. Enumerable.Repeat(1L, Rank - 2)]);

    /// <summary>Normalises each sample over groups of neighbouring channels, then scales and shifts each channel.</summary>
    /// <param name="groups">Number of groups.</param>
    /// <param name="weight">Scales [c].</param>
    /// <param name="bias">Shifts [c].</param>
    /// <param name="epsilon">Added to the variance.</param>
    public Quantity GroupNorm(long groups, Quantity weight, Quantity bias, double epsilon)
    {
        if (!Moves && !weight.Moves && !bias.Moves) return Lifted().GroupNorm(groups, weight, bias, epsilon).Settled();
        if (Shape[1] % groups != 0) throw new GraphException($"{Shape[1]} channels do not form {groups} groups");
        var x = In(ChannelsLast(Rank)).Reshape(Shape[0], Shape[1], 1, Count / Shape[0] / Shape[1]);
        return InOrder(
            x.GroupNorm(checked((int)groups), weight.Contiguous(), bias.Contiguous(), epsilon), Shape, ChannelsLast(Rank));
    }

    /// <summary>The value in the shape of the quantity; four dimensions are images.</summary>
    public Value AsValue() => Rank == 4 ? AsImages() : Contiguous().Reshape(Shape);

    private static int[] ChannelsLast(int rank) => [0, .. Enumerable.Range(2, rank - 2), 1];

    /// <summary>The images as a value [n,c,h,w], or [n,c,1,l] for lines.</summary>
    private Value AsImages() => In(ChannelsLast(Rank)).Reshape(Shape[0], Shape[1], Rank == 4 ? Shape[2] : 1, Shape[^1]);

    private Quantity Direct(Quantity weight, IReadOnlyList<ConvolutionAxis> axes, long[] outputs)
    {
        long[] kernels = [.. weight.Shape.Take(2), Rank == 4 ? weight.Shape[2] : 1, weight.Shape[^1]];
        var shape = new ConvolutionShape(Rank == 4 ? axes[0] : new(1, 0, 0), axes[^1]);
        return InOrder(
            AsImages().Convolve(weight.Contiguous(), kernels, shape), [Shape[0], weight.Shape[0], .. outputs], ChannelsLast(Rank));
    }

    /// <summary>Convolves by a matrix product of patches: [groups, n outputs, taps c] times [groups, taps c, filters].</summary>
    private Quantity ByPatches(Quantity weight, IReadOnlyList<ConvolutionAxis> axes, long groups, long[] outputs)
    {
        var kernel = weight.Shape[2..];
        var (n, c, filters) = (Shape[0], weight.Shape[1], weight.Shape[0] / groups);
        var (x, box, _) = Lifted().Windows(kernel, axes, 0);
        var taps = axes.Select((axis, k) => x._strides[k + 2] * axis.Dilation);
        var patches = new Quantity(
            x._base!,
            [groups, n, .. outputs, .. kernel, c],
            [x._strides[1] * c, .. box.Strides.SkipLast(1), .. taps, x._strides[1]],
            x._offset).Reshape(groups, n * Product(outputs), Product(kernel) * c);
        int[] spatial = [.. Enumerable.Range(0, kernel.Length)];
        var factors = weight.Reshape([groups, filters, c, .. kernel])
            .Transpose([0, .. spatial.Select(k => k + 3), 2, 1]).Reshape(groups, Product(kernel) * c, filters);
        return MatMul(patches, factors).Reshape([groups, n, .. outputs, filters])
            .Transpose([1, 0, Rank, .. spatial.Select(k => k + 2)]).Reshape([n, groups * filters, .. outputs]);
    }

    private GraphException Misfit(Quantity weight, long groups) => new(
        $"images [{string.Join(',', Shape)}] and kernels [{string.Join(',', weight.Shape)}] in {groups} groups do not fit each other");

    /// <summary>The padded images; the box of windows [n,outputs,c] in them; and the shape [n,c,outputs].</summary>
    private (Quantity Images, (long[] Sizes, long[] Strides) Box, long[] Shape) Windows(
        IReadOnlyList<long> window, IReadOnlyList<ConvolutionAxis> axes, double border)
    {
        long[] outputs = [.. axes.Select((axis, k) => axis.Outputs(Shape[k + 2], window[k]))];
        if (outputs.Any(count => count <= 0))
        {
            throw new GraphException(
                $"windows [{string.Join(',', window)}] exceed the images [{string.Join(',', Shape)}] with their borders");
        }
        var x = Pad([0, 0, .. axes.Select(axis => (long)axis.Before)], [0, 0, .. axes.Select(axis => (long)axis.After)], border);
        var strides = axes.Select((axis, k) => x._strides[k + 2] * axis.Stride);
        return (x, ([Shape[0], .. outputs, Shape[1]], [x._strides[0], .. strides, x._strides[1]]), [Shape[0], Shape[1], .. outputs]);
    }

    /// <summary>Data as a value of the engine, for operations that are written for values only.</summary>
    private Quantity Lifted() => Data is null ? this : Of(Contiguous(), Shape);

    /// <summary>The data of a value made of constants only.</summary>
    private Quantity Settled() => Of(Evaluated(Contiguous()).reshape(Shape));
}
