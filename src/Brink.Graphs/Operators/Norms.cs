using Brink.Taylor;

namespace Brink.Graphs.Operators;

/// <summary>Norms that several vocabularies have.</summary>
internal static class Norms
{
    /// <summary>Normalises each channel of [n,c,...], then scales and shifts it (Ioffe and Szegedy 2015).</summary>
    /// <param name="x">Array.</param>
    /// <param name="weight">Scales [c], or null.</param>
    /// <param name="bias">Shifts [c], or null.</param>
    /// <param name="statistics">Mean and variance [c]; null for those of the batch, which couple the samples.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public static Quantity Batch(
        Quantity x,
        Quantity? weight,
        Quantity? bias,
        (Quantity Mean, Quantity Variance)? statistics,
        double epsilon)
    {
        long[] channel = [1, x.Shape[1], .. Enumerable.Repeat(1L, x.Rank - 2)];
        if (statistics is var (mean, variance))
        {
            // scale x + shift, with both computed on [c].
            var scale = (variance + epsilon).Map(value => value.InverseRoot(0));
            if (weight is not null) scale *= weight;
            var shift = -1.0 * (mean * scale);
            if (bias is not null) shift += bias;
            return (x * scale.Reshape(channel)) + shift.Reshape(channel);
        }
        long[] axes = [.. Enumerable.Range(0, x.Rank).Where(d => d != 1).Select(d => (long)d)];
        var centred = x - x.Mean(axes, keep: true);
        var inverse = (centred * centred).Mean(axes, keep: true).Map(value => value.InverseRoot(epsilon));
        if (weight is not null) inverse *= weight.Reshape(channel);
        var y = centred * inverse;
        return bias is null ? y : y + bias.Reshape(channel);
    }

    /// <summary>Divides by the root of the mean square of the last dimensions (Zhang and Sennrich 2019).</summary>
    /// <param name="x">Array.</param>
    /// <param name="axis">First of the dimensions.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    public static Quantity RootMeanSquare(Quantity x, long axis, double epsilon)
    {
        var (first, count) = axis < 0 ? (axis + x.Rank, -axis) : (axis, x.Rank - axis);
        long[] axes = [.. Enumerable.Range((int)first, (int)count).Select(d => (long)d)];
        return x * (x * x).Mean(axes, keep: true).Map(value => value.InverseRoot(epsilon));
    }
}
