using Brink.Taylor;

namespace Brink.Graphs.Operators.Onnx;

/// <summary>Convolutions and pooling of ONNX.</summary>
[Operators(Vocabulary.Onnx)]
internal static class Convolutions
{
    [Operator("Conv")]
    private static Quantity Conv(Call call)
    {
        var (x, w) = (call.Input(0), call.Input(1));
        var axes = Axes(call, x.Shape[2..], w.Shape[2..], roundsUp: false);
        return x.Convolve(w, axes, call.Integer("group", 1)).AddChannels(call.Optional(2));
    }

    [Operator("ConvTranspose")]
    private static Quantity ConvTranspose(Call call)
    {
        var (x, w) = (call.Input(0), call.Input(1));
        var spatial = x.Rank - 2;
        var strides = call.Integers("strides") ?? [.. Enumerable.Repeat(1L, spatial)];
        var dilations = call.Integers("dilations") ?? [.. Enumerable.Repeat(1L, spatial)];
        var added = call.Integers("output_padding") ?? new long[spatial];
        var pads = call.Integers("pads") ?? new long[2 * spatial];
        var mode = call.Text("auto_pad", "NOTSET");
        long[] full = [.. Enumerable.Range(0, spatial).Select(k =>
            ((x.Shape[k + 2] - 1) * strides[k]) + (dilations[k] * (w.Shape[k + 2] - 1)) + 1 + added[k])];
        var wanted = call.Integers("output_shape") ?? (mode.StartsWith("SAME", StringComparison.Ordinal)
            ? [.. x.Shape.Skip(2).Select((n, k) => n * strides[k])] : null);
        for (var k = 0; wanted is not null && k < spatial; k++)
        {
            var total = full[k] - wanted[^(spatial - k)];
            var less = total / 2;
            // Of a border of odd size the larger part is at the start, except for SAME_UPPER. What is added is at the end.
            var before = total < 0 ? 0 : string.Equals(mode, "SAME_UPPER", StringComparison.Ordinal) ? less : total - less;
            (pads[k], pads[k + spatial]) = (before, total - before);
        }
        var axes = Enumerable.Range(0, spatial).Select(k => new ConvolutionAxis(
            (int)strides[k], (int)pads[k], (int)pads[k + spatial], (int)dilations[k])).ToArray();
        return x.ConvolveTransposed(w, axes, added, call.Integer("group", 1)).AddChannels(call.Optional(2));
    }

    [Operator("MaxPool")]
    private static Quantity MaxPool(Call call)
    {
        var (x, window) = (call.Input(0), Window(call));
        if (call.Node.Outputs.Count > 1 && call.Node.Outputs[1].Length > 0)
            throw new GraphException("the indices of the maxima are not supported");
        var largest = x.LargestOfWindows(window, Axes(call, x.Shape[2..], window, call.Flag("ceil_mode")));
        return x.Data is { } data ? Quantity.Of(largest.Data!.to(data.dtype)) : largest;
    }

    [Operator("AveragePool")]
    private static Quantity AveragePool(Call call)
    {
        var (x, window) = (call.Input(0), Window(call));
        var exact = Axes(call, x.Shape[2..], window, roundsUp: false);
        var axes = Axes(call, x.Shape[2..], window, call.Flag("ceil_mode"));
        var counts = call.Flag("count_include_pad");
        if (axes.SequenceEqual(exact) || !counts) return x.MeanOfWindows(window, axes, counts);
        // What rounding up adds is never counted: the borders become elements.
        long[] before = [0, 0, .. exact.Select(axis => (long)axis.Before)], after = [0, 0, .. exact.Select(axis => (long)axis.After)];
        var rest = axes.Zip(exact, (axis, other) => axis with { Before = 0, After = axis.After - other.After });
        return x.Pad(before, after, 0).MeanOfWindows(window, [.. rest], countsBorder: false);
    }

    /// <summary>The p-norm of each window of each channel.</summary>
    [Operator("LpPool")]
    private static Quantity LpPool(Call call)
    {
        var (x, window, p) = (call.Input(0), Window(call), call.Number("p", 2));
        var axes = Axes(call, x.Shape[2..], window, call.Flag("ceil_mode"));
        var count = window.Aggregate(1L, (product, n) => product * n);
        return Powers.Of(count * Power(x, p).MeanOfWindows(window, axes, countsBorder: true), 1 / p);
    }

    [Operator("GlobalLpPool")]
    private static Quantity GlobalLpPool(Call call)
    {
        var p = call.Number("p", 2);
        return Powers.Of(Power(call.Input(0), p).Sum(Spatial(call.Input(0)), keep: true), 1 / p);
    }

    [Operator("GlobalAveragePool")]
    private static Quantity GlobalAveragePool(Call call) => call.Input(0).Mean(Spatial(call.Input(0)), keep: true);

    [Operator("GlobalMaxPool")]
    private static Quantity GlobalMaxPool(Call call) => call.Input(0).Largest(Spatial(call.Input(0)), keep: true);

    /// <summary>|x|^p.</summary>
    private static Quantity Power(Quantity x, double p) => p == 2 ? x * x : Powers.Of(x.Map(value => value.Abs()), p);

    private static long[] Spatial(Quantity x) => [.. Enumerable.Range(2, x.Rank - 2).Select(d => (long)d)];

    private static long[] Window(Call call) =>
        call.Integers("kernel_shape") ?? throw new GraphException("the size of the windows is missing");

    /// <summary>How windows pass over the images.</summary>
    /// <param name="call">Call with strides, pads, dilations and auto_pad.</param>
    /// <param name="sizes">Sizes of the images.</param>
    /// <param name="window">Sizes of the windows.</param>
    /// <param name="roundsUp">True if a last window may reach beyond the border, unless it would begin there.</param>
    private static ConvolutionAxis[] Axes(Call call, long[] sizes, long[] window, bool roundsUp)
    {
        var n = sizes.Length;
        var strides = call.Integers("strides") ?? [.. Enumerable.Repeat(1L, n)];
        var dilations = call.Integers("dilations") ?? [.. Enumerable.Repeat(1L, n)];
        var pads = call.Integers("pads") ?? new long[2 * n];
        var mode = call.Text("auto_pad", "NOTSET");
        return [.. Enumerable.Range(0, n).Select(Axis)];

        ConvolutionAxis Axis(int k)
        {
            var (before, after) = mode.StartsWith("SAME", StringComparison.Ordinal) ? Same(k) : (pads[k], pads[k + n]);
            if (roundsUp) after += Beyond(sizes[k], window[k], strides[k], dilations[k], before, after);
            return new((int)strides[k], (int)before, (int)after, (int)dilations[k]);
        }

        (long Before, long After) Same(int k)
        {
            var outputs = (sizes[k] + strides[k] - 1) / strides[k];
            var total = Math.Max(0, ((outputs - 1) * strides[k]) + (dilations[k] * (window[k] - 1)) + 1 - sizes[k]);
            var less = total / 2;
            return string.Equals(mode, "SAME_UPPER", StringComparison.Ordinal) ? (less, total - less) : (total - less, less);
        }
    }

    /// <summary>The elements by which a last window reaches beyond the border when the number of windows is rounded up.</summary>
    internal static long Beyond(long size, long window, long stride, long dilation, long before, long after)
    {
        var span = size + before + after - (dilation * (window - 1)) - 1;
        var windows = (span + stride - 1) / stride;
        // The last window begins within the array or the border before it.
        if (windows * stride >= size + before) windows--;
        return Math.Max(0, (windows * stride) - span);
    }
}
