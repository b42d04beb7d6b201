using Brink.Kernels;

namespace Brink.Taylor;

/// <summary>Layers, norms and attention to describe models with, composed of the primitives.</summary>
public static partial class Layers
{
    /// <summary>f(x), element by element.</summary>
    internal static Value Apply<TFunction>(this Value x, TFunction f)
        where TFunction : struct, IElementwise => Value.Of(new Unary<TFunction>(f), x);

    /// <summary>x W^T + b: [...,in] to [...,out], W [out,in], b [out].</summary>
    public static Value Dense(this Value x, Value weight, Value bias) =>
        Value.Of(new Dense(), x, weight).AddColumns(bias);

    /// <summary>Images x [n,c,h,w] convolved with the kernels W [filters,c,k,k], k odd, as libtorch does (a cross-correlation),
    /// without bias. A border of (k - 1)/2 zeros on each side keeps the size at stride 1: [n,filters,h,w].</summary>
    public static Value Convolve(this Value x, Value weight, int stride = 1)
    {
        if (weight.Shape.Count != 4 || weight.Shape[2] != weight.Shape[3] || weight.Shape[2] % 2 == 0)
        {
            throw new ArgumentException(
                $"the kernels have shape [{string.Join(',', weight.Shape)}]; odd squares are needed", nameof(weight));
        }
        var axis = new ConvolutionAxis(stride, (int)weight.Shape[2] / 2, (int)weight.Shape[2] / 2);
        return x.Convolve(weight, weight.Shape, new(axis, axis));
    }

    /// <summary>Images x [n,c,h,w] convolved with kernels, as libtorch does (a cross-correlation), without bias.</summary>
    /// <param name="x">Images.</param>
    /// <param name="weight">The kernels' elements in row-major order.</param>
    /// <param name="kernels">Shape of the kernels [filters,c,height,width].</param>
    /// <param name="shape">Strides, borders and dilations.</param>
    public static Value Convolve(this Value x, Value weight, IReadOnlyList<long> kernels, ConvolutionShape shape) =>
        Value.Of(new Convolution(shape), x, Value.Of(new PackedKernel(new(kernels)), weight));

    /// <summary>The mean over square windows of pixels, [n,c,h,w] to [n,c,h/side,w/side].</summary>
    public static Value AveragePool(this Value x, int side) => Value.Of(new AveragePool(side), x);

    /// <summary>Images [n,c,h,w] as rows [n,c h w].</summary>
    public static Value Flatten(this Value x) => Value.Of(new Flattened(), x);

    /// <summary>The elements of x in another shape with as many elements; neither shape may be one of images.</summary>
    public static Value Reshape(this Value x, params long[] shape) => Value.Of(new Reshaped(new(shape)), x);

    /// <summary>Adds s [c] or [n,c] to the last dimension of x, or to the channels of images.</summary>
    public static Value AddColumns(this Value x, Value s) => Value.Of(new AddedColumns(), x, s);

    /// <summary>Scales the last dimension of x, or the channels of images, by s [c] or [n,c].</summary>
    public static Value ScaleColumns(this Value x, Value s) => Value.Of(new ScaledColumns(), x, s);

    /// <summary>The mean of each channel of images, or over the rows of a sample: [n,c,h,w] or [n,l,c] to
    /// [n,c].</summary>
    public static Value ColumnMean(this Value x) => Value.Of(new ColumnMean(), x);

    /// <summary>Scales each row of x [...,c] by one number of s [...].</summary>
    public static Value ScaleRows(this Value x, Value s) => Value.Of(new ScaledRows(), x, s);

    /// <summary>Adds one number of s [...] to each row of x [...,c].</summary>
    public static Value AddRows(this Value x, Value s) => Value.Of(new AddedRows(1), x, s);

    /// <summary>A factor times the sum of each row, [...,c] to [...].</summary>
    public static Value RowSum(this Value x, double factor = 1) => Value.Of(new RowSum(factor), x);

    /// <summary>x W^T without bias: [...,in] to [...,out], W [out,in].</summary>
    public static Value Times(this Value x, Value weight) => Value.Of(new Dense(), x, weight);

    /// <summary>The products of matrices x [b,r,k] and w [b,k,c], or w [b,c,k] if it is given transposed: [b,r,c].</summary>
    public static Value BatchTimes(this Value x, Value w, bool transposed) => Value.Of(new BatchProduct(transposed), x, w);

    /// <summary>The sum of all numbers, a value [1].</summary>
    public static Value Total(this Value x) => Value.Of(new Total(), x);

    /// <summary>Looks up rows of a table [v,d] by their numbers [n,l]: [n,l,d].</summary>
    /// <param name="table">The table [v,d].</param>
    /// <param name="tokens">Row numbers, int64; the caller owns them and keeps them alive as long as the value.</param>
    public static Value Embed(this Value table, Tensor tokens) =>
        table.Gather([.. tokens.contiguous().data<long>().Select(token => (int)token)], 1, table.Shape[0], table.Size / table.Shape[0])
            .Reshape([.. tokens.shape, table.Last]);

    /// <summary>The first rows of a table.</summary>
    public static Value FirstRows(this Value table, long count)
    {
        var row = table.Size / table.Shape[0];
        var places = new Places(0, new(1));
        return Value.Of(new Rearranged(new([count, .. table.Shape.Skip(1)]), new(count * row), places, places), table);
    }

    /// <summary>Selects elements by their numbers, x [outer,count,inner] to [outer,m,inner].</summary>
    /// <param name="x">A value of this size, in any shape without images.</param>
    /// <param name="numbers">The numbers [m], from 0 to count - 1.</param>
    /// <param name="outer">Size of the dimensions before that of the numbers.</param>
    /// <param name="count">Size of the dimension of the numbers.</param>
    /// <param name="inner">Size of the dimensions after it.</param>
    public static Value Gather(this Value x, int[] numbers, long outer, long count, long inner) =>
        Value.Of(new Gathered(numbers, outer, count, inner), x);

    /// <summary>Takes elements of x at places and adds them at places of the result: transposition, slices, repetition, borders,
    /// patches, and sums along axes.</summary>
    /// <param name="x">A value. The channels of images are innermost in its memory.</param>
    /// <param name="shape">Shape of the result.</param>
    /// <param name="box">Sizes of a box of indices.</param>
    /// <param name="from">The element of x of the first index, and the distances of neighbours along each dimension of the box.</param>
    /// <param name="to">The same in the result. Places may overlap: their elements are added.</param>
    /// <param name="elsewhere">The number at places that the box does not reach; 0 where places overlap.</param>
    public static Value Rearrange(
        this Value x,
        IReadOnlyList<long> shape,
        IReadOnlyList<long> box,
        (long Offset, IReadOnlyList<long> Strides) from,
        (long Offset, IReadOnlyList<long> Strides) to,
        double elsewhere = 0) => Value.Of(
            new Rearranged(new(shape), new(box), new(from.Offset, new(from.Strides)), new(to.Offset, new(to.Strides)), elsewhere), x);

    /// <summary>The largest number of each window of x, the first of equal ones.</summary>
    /// <param name="x">A value. The channels of images are innermost in its memory.</param>
    /// <param name="shape">Shape of the result.</param>
    /// <param name="box">Sizes of the box of windows, in the order of the result's memory.</param>
    /// <param name="from">The first element of the first window, and the distances of neighbouring windows.</param>
    /// <param name="window">Sizes of a window.</param>
    /// <param name="strides">Distances of neighbours in a window.</param>
    public static Value LargestOf(
        this Value x,
        IReadOnlyList<long> shape,
        IReadOnlyList<long> box,
        (long Offset, IReadOnlyList<long> Strides) from,
        IReadOnlyList<long> window,
        IReadOnlyList<long> strides) =>
        Value.Of(new Largest(new(shape), new(box), new(from.Offset, new(from.Strides)), new(window), new(strides)), x);

    /// <summary>x where a mask allows it, and 0 elsewhere.</summary>
    /// <param name="x">A value.</param>
    /// <param name="mask">One truth value for each element, in the order of memory.</param>
    public static Value Where(this Value x, bool[] mask) => Value.Of(new Masked(mask), x);

    /// <summary>Rows [outer,size_k] of several values side by side: [outer,sum of size_k].</summary>
    public static Value Join(long outer, params IReadOnlyList<Value> parts) =>
        Value.Of(new Joined(outer, new([.. parts.Select(part => part.Size / outer)])), [.. parts]);

    /// <summary>Normalises x over the last dimension, then scales and shifts it (Ba et al. 2016).</summary>
    public static Value LayerNorm(this Value x, Value weight, Value bias, double epsilon) =>
        x.Standardize(epsilon).ScaleColumns(weight).AddColumns(bias);

    /// <summary>Subtracts the mean of the last dimension, and divides by the square root of its variance plus epsilon.</summary>
    public static Value Standardize(this Value x, double epsilon)
    {
        var centred = Value.Of(new AddedRows(-1), x, Value.Of(new RowSum(1.0 / x.Last), x));
        var variance = Value.Of(new RowSum(1.0 / x.Last), centred * centred);
        return centred.ScaleRows(variance.InverseRoot(epsilon));
    }

    /// <summary>Normalises images [n,c,h,w] in each sample over groups of neighbouring channels, then scales and shifts them
    /// (Wu and He 2018).</summary>
    public static Value GroupNorm(this Value x, int groups, Value weight, Value bias, double epsilon = 1e-5)
    {
        var mean = Value.Of(new GroupMean(groups), x.ColumnMean());
        var centred = x.AddColumns(-1.0 * mean);
        var variance = Value.Of(new GroupMean(groups), (centred * centred).ColumnMean());
        // The scale is computed on [n,c]: one pass over the images instead of two.
        var scale = variance.InverseRoot(epsilon).ScaleColumns(weight);
        return centred.ScaleColumns(scale).AddColumns(bias);
    }

    /// <summary>Softmax over the last dimension.</summary>
    public static Value Softmax(this Value x)
    {
        var e = Value.Of(new BelowLargest(), x).Exp();
        return e.ScaleRows(e.RowSum().Reciprocal());
    }

    /// <summary>log softmax over the last dimension.</summary>
    public static Value LogSoftmax(this Value x)
    {
        var below = Value.Of(new BelowLargest(), x);
        return Value.Of(new AddedRows(-1), below, below.Exp().RowSum().Log());
    }

    /// <summary>Scaled dot-product attention of several heads (Vaswani et al. 2017, section 3.2).</summary>
    /// <param name="parts">Query, key and value side by side, [n,l,3 heads d].</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="mask">[n,l], added to the scores of each key: 0, or a very negative number where the key is
    /// ignored.</param>
    /// <returns>The heads' results side by side, [n,l,heads d].</returns>
    public static Value Attention(this Value parts, int heads, Value mask)
    {
        var (query, key, value) = (Part(0), Part(1), Part(2));
        var scores = (1 / Math.Sqrt(query.Last)) * Value.Of(new BatchProduct(Transposed: true), query, key);
        var weights = scores.AddColumns(mask).Softmax();
        return Value.Of(new JoinedHeads(heads), Value.Of(new BatchProduct(Transposed: false), weights, value));

        Value Part(int part) => Value.Of(new HeadsOf(part, 3, heads), parts);
    }
}
