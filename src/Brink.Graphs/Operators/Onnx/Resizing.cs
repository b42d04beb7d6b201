namespace Brink.Graphs.Operators.Onnx;

/// <summary>Arrays of another size of ONNX.</summary>
[Operators(Vocabulary.Onnx)]
internal static class Resizing
{
    [Operator("Resize", Fixed = [1, 2, 3])]
    private static Quantity Resize(Call call)
    {
        if (call.Flag("antialias")) throw new GraphException("a resize with antialias is not supported");
        var x = call.Input(0);
        int[] axes = call.Integers("axes") is { } chosen
            ? [.. chosen.Select(x.Axis)]
            : [.. Enumerable.Range(0, x.Rank)];
        var roi = Numbers(1);
        var coordinates = call.Text("coordinate_transformation_mode", "half_pixel");
        var isCropped = string.Equals(coordinates, "tf_crop_and_resize", StringComparison.Ordinal);
        var (scales, sizes) = Sizes(call, axes, Numbers(2), call.Optional(3) is { Count: > 0 } given ? given.Integers("sizes") : null);
        var outside = new List<Tensor>();
        for (var k = 0; k < axes.Length; k++)
        {
            var (n, m) = (x.Shape[axes[k]], sizes[k]);
            if (n == m && scales[k] == 1 && !isCropped) continue;
            var (scale, start, end) = (scales[k], isCropped ? roi![k] : 0, isCropped ? roi![k + axes.Length] : 1);
            double[] at = [.. Enumerable.Range(0, checked((int)m)).Select(i => Coordinate(call, i, n, m, scale, start, end))];
            if (isCropped) outside.Add(Along(tensor([.. at.Select(c => c < 0 || c > n - 1)]), axes[k], x.Rank));
            x = Resampled(call, x, axes[k], at);
        }
        if (outside.Count == 0) return x;
        var beyond = Quantity.Of(tensor(call.Number("extrapolation_value", 0), dtype: ScalarType.Float64));
        return Quantity.Where(outside.Aggregate((a, b) => a.logical_or(b)), beyond, x);

        double[]? Numbers(int i) => call.Optional(i) is { Count: > 0 } input
            ? [.. input.Known("scales").to(ScalarType.Float64).contiguous().flatten().data<double>()] : null;
    }

    /// <summary>The factors and sizes of the result along the axes.</summary>
    private static (double[] Scales, long[] Sizes) Sizes(Call call, int[] axes, double[]? scales, long[]? sizes)
    {
        long[] old = [.. axes.Select(d => call.Input(0).Shape[d])];
        if (sizes is null)
        {
            if (scales is null) throw new GraphException("neither scales nor sizes are given");
            return (scales, [.. old.Zip(scales, (n, scale) => (long)Math.Floor(n * scale))]);
        }
        double[] factors = [.. sizes.Zip(old, (m, n) => (double)m / n)];
        var policy = call.Text("keep_aspect_ratio_policy", "stretch");
        if (string.Equals(policy, "stretch", StringComparison.Ordinal)) return (factors, sizes);
        var common = string.Equals(policy, "not_larger", StringComparison.Ordinal) ? factors.Min() : factors.Max();
        return ([.. old.Select(_ => common)], [.. old.Select(n => (long)Math.Floor((n * common) + 0.5))]);
    }

    private static Quantity Resampled(Call call, Quantity x, int axis, double[] at) => call.Text("mode", "nearest") switch
    {
        "linear" => Resampling.Linear(x, axis, at),
        "cubic" => Resampling.Cubic(x, axis, at, call.Number("cubic_coeff_a", -0.75), call.Flag("exclude_outside")),
        "nearest" => Resampling.Nearest(x, axis, at, call.Text("nearest_mode", "round_prefer_floor") switch
        {
            "floor" => Math.Floor,
            "ceil" => Math.Ceiling,
            "round_prefer_ceil" => c => Math.Floor(c + 0.5),
            _ => c => Math.Ceiling(c - 0.5),
        }),
        var mode => throw new GraphException($"the mode of a resize '{mode}' is unknown"),
    };

    /// <summary>The coordinate of element i of m in an array of n elements.</summary>
    private static double Coordinate(Call call, int i, long n, long m, double scale, double start, double end) =>
        call.Text("coordinate_transformation_mode", "half_pixel") switch
        {
            "half_pixel" => ((i + 0.5) / scale) - 0.5,
            "half_pixel_symmetric" => (n / 2.0 * (1 - (m / (n * scale)))) + ((i + 0.5) / scale) - 0.5,
            "pytorch_half_pixel" => m > 1 ? ((i + 0.5) / scale) - 0.5 : 0,
            "align_corners" => m > 1 ? i * (n - 1.0) / (m - 1) : 0,
            "tf_half_pixel_for_nn" => (i + 0.5) / scale,
            "asymmetric" => i / scale,
            "tf_crop_and_resize" => m > 1 ? (start * (n - 1)) + (i * (end - start) * (n - 1) / (m - 1)) : 0.5 * (start + end) * (n - 1),
            var mode => throw new GraphException($"the coordinates of a resize '{mode}' are unknown"),
        };

    private static Tensor Along(Tensor x, int axis, int rank)
    {
        long[] shape = [.. Enumerable.Repeat(1L, rank)];
        shape[axis] = x.numel();
        return x.reshape(shape);
    }
}
