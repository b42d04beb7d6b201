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
    public static Value Convolve(this Value x, Value weight, int stride = 1) =>
        Value.Of(new Convolution(stride), x, Value.Of(new PackedKernel(), weight));

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

    /// <summary>The sum of each row, [...,c] to [...].</summary>
    public static Value RowSum(this Value x) => Value.Of(new RowSum(1), x);

    /// <summary>The sum of all numbers, a value [1].</summary>
    public static Value Total(this Value x) => Value.Of(new Total(), x);

    /// <summary>Looks up rows of a table [v,d] by their numbers [n,l]: [n,l,d].</summary>
    /// <param name="table">The table [v,d].</param>
    /// <param name="tokens">Row numbers, int64; the caller owns them and keeps them alive as long as the value.</param>
    public static Value Embed(this Value table, Tensor tokens) => Value.Of(new Embedding(tokens), table);

    /// <summary>The first rows of a table [v,...]: [count,...].</summary>
    public static Value FirstRows(this Value table, long count) => Value.Of(new FirstRows(count), table);

    /// <summary>Normalises x over the last dimension, then scales and shifts it (Ba et al. 2016).</summary>
    public static Value LayerNorm(this Value x, Value weight, Value bias, double epsilon)
    {
        var centred = Value.Of(new AddedRows(-1), x, Value.Of(new RowSum(1.0 / x.Last), x));
        var variance = Value.Of(new RowSum(1.0 / x.Last), centred * centred);
        return centred.ScaleRows(variance.InverseRoot(epsilon)).ScaleColumns(weight).AddColumns(bias);
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
