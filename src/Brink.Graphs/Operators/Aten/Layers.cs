using Brink.Taylor;

namespace Brink.Graphs.Operators.Aten;

/// <summary>Convolutions, pooling, norms and losses of ATen.</summary>
[Operators(Vocabulary.Aten)]
internal static class Layers
{
    [Operator("aten.conv1d")]
    [Operator("aten.conv2d")]
    [Operator("aten.conv3d")]
    [Operator("aten.conv1d.padding")]
    [Operator("aten.conv2d.padding")]
    private static Quantity Conv(Call call)
    {
        var (x, w) = (call.Tensor("input"), call.Tensor("weight"));
        var spatial = w.Rank - 2;
        var batched = x.Rank == w.Rank ? x : x.Unsqueeze(0);
        var (strides, dilations) = (Each(call, "stride", spatial, 1), Each(call, "dilation", spatial, 1));
        var isNamed = call.Argument("padding") is Argument.Text;
        var isSame = string.Equals(call.Text("padding", ""), "same", StringComparison.Ordinal);
        var pads = isNamed ? new long[spatial] : Each(call, "padding", spatial, 0);
        var axes = Enumerable.Range(0, spatial).Select(k =>
        {
            var total = isSame ? dilations[k] * (w.Shape[k + 2] - 1) : 2 * pads[k];
            return new ConvolutionAxis((int)strides[k], (int)(total / 2), (int)(total - (total / 2)), (int)dilations[k]);
        });
        var y = batched.Convolve(w, [.. axes], call.Integer("groups", 1)).AddChannels(call.OptionalTensor("bias"));
        return x.Rank == w.Rank ? y : y.Squeeze(0);
    }

    [Operator("aten.conv_transpose1d")]
    [Operator("aten.conv_transpose2d.input")]
    [Operator("aten.conv_transpose3d.input")]
    private static Quantity ConvTranspose(Call call)
    {
        var (x, w) = (call.Tensor("input"), call.Tensor("weight"));
        return Transposed(call, x, w, Each(call, "output_padding", w.Rank - 2, 0));
    }

    [Operator("aten.convolution")]
    private static Quantity Convolution(Call call)
    {
        var w = call.Tensor("weight");
        return call.Flag("transposed")
            ? Transposed(call, call.Tensor("input"), w, Each(call, "output_padding", w.Rank - 2, 0))
            : Conv(call);
    }

    [Operator("aten.max_pool1d")]
    [Operator("aten.max_pool2d")]
    [Operator("aten.max_pool3d")]
    private static Quantity MaxPool(Call call)
    {
        var (x, window) = (call.Tensor("self"), Window(call));
        return Batched(x, window.Length, y => y.LargestOfWindows(window, Axes(call, y, window)));
    }

    [Operator("aten.avg_pool1d")]
    [Operator("aten.avg_pool2d")]
    [Operator("aten.avg_pool3d")]
    private static Quantity AveragePool(Call call)
    {
        if (call.Has("divisor_override")) throw new GraphException("a divisor of its own is not supported");
        var (x, window) = (call.Tensor("self"), Window(call));
        if (call.Flag("ceil_mode"))
            throw new GraphException("averages over windows that reach beyond the border (ceil_mode) are not supported");
        return Batched(x, window.Length, y => y.MeanOfWindows(window, Axes(call, y, window), call.Flag("count_include_pad", true)));
    }

    [Operator("aten.adaptive_avg_pool1d")]
    [Operator("aten.adaptive_avg_pool2d")]
    private static Quantity AdaptiveAveragePool(Call call)
    {
        var (x, outputs) = (call.Tensor("self"), call.Integers("output_size")!);
        for (var k = 0; k < outputs.Length; k++)
        {
            // Output i is the mean of the elements from floor(i n / m) to before ceil((i + 1) n / m).
            var d = x.Rank - outputs.Length + k;
            var (n, m) = (x.Shape[d], outputs[k]);
            if (n == m) continue;
            if (m == 1)
            {
                x = x.Mean([d], keep: true);
                continue;
            }
            var weights = zeros(n, m, dtype: ScalarType.Float64);
            for (long i = 0; i < m; i++)
            {
                var (start, end) = (i * n / m, (((i + 1) * n) + m - 1) / m);
                weights[TensorIndex.Slice(start, end), TensorIndex.Single(i)] = tensor(1.0 / (end - start), dtype: ScalarType.Float64);
            }
            x = Quantity.MatMul(x.Last(d), Quantity.Of(weights)).FromLast(d);
        }
        return x;
    }

    [Operator("aten.batch_norm", Fixed = ["running_mean", "running_var"])]
    private static Quantity BatchNorm(Call call)
    {
        (Quantity, Quantity)? statistics = call.Flag("training") || !call.Has("running_mean")
            ? null : (call.Tensor("running_mean"), call.Tensor("running_var"));
        return Norms.Batch(
            call.Tensor("input"), call.OptionalTensor("weight"), call.OptionalTensor("bias"), statistics, call.Number("eps", 1e-5));
    }

    [Operator("aten.instance_norm", Fixed = ["running_mean", "running_var"])]
    private static Quantity InstanceNorm(Call call)
    {
        var x = call.Tensor("input");
        if (!call.Flag("use_input_stats", true)) return BatchNorm(call);
        return x.GroupNorm(x.Shape[1], Scale(call, x.Shape[1]), Shift(call, x.Shape[1]), call.Number("eps", 1e-5));
    }

    [Operator("aten.group_norm")]
    private static Quantity GroupNorm(Call call)
    {
        var x = call.Tensor("input");
        return x.GroupNorm(call.Integer("num_groups"), Scale(call, x.Shape[1]), Shift(call, x.Shape[1]), call.Number("eps", 1e-5));
    }

    [Operator("aten.layer_norm")]
    private static Quantity LayerNorm(Call call)
    {
        var y = call.Tensor("input").Standardized(-call.Integers("normalized_shape")!.Length, call.Number("eps", 1e-5));
        if (call.OptionalTensor("weight") is { } weight) y *= weight;
        return call.OptionalTensor("bias") is { } bias ? y + bias : y;
    }

    [Operator("aten.rms_norm")]
    private static Quantity RmsNorm(Call call)
    {
        var y = Norms.RootMeanSquare(call.Tensor("input"), -call.Integers("normalized_shape")!.Length, call.Number("eps", 1.1920929e-7));
        return call.OptionalTensor("weight") is { } weight ? y * weight : y;
    }

    [Operator("aten.softmax.int")]
    [Operator("aten._softmax")]
    private static Quantity Softmax(Call call) => call.Tensor("self").AlongRows(call.Integer("dim"), rows => rows.Softmax());

    [Operator("aten.log_softmax.int")]
    [Operator("aten._log_softmax")]
    private static Quantity LogSoftmax(Call call) => call.Tensor("self").AlongRows(call.Integer("dim"), rows => rows.LogSoftmax());

    [Operator("aten.cross_entropy_loss", Fixed = ["target", "weight"])]
    private static Quantity CrossEntropy(Call call)
    {
        var x = call.Tensor("self") is { Rank: 1 } vector ? vector.Unsqueeze(0) : call.Tensor("self");
        var target = call.Tensor("target").Known("labels");
        var log = x.AlongRows(1, rows => rows.LogSoftmax());
        if (target.is_floating_point())
        {
            if (call.Has("weight") || call.Number("label_smoothing", 0) != 0)
                throw new GraphException("shares of classes with weights or smoothing are not supported");
            return Reduced(-1.0 * (log * Quantity.Of(target)).Sum([1], keep: false), call.Integer("reduction", 1));
        }
        return ClassLoss.Of(
            log, target.dim() == 0 ? target.unsqueeze(0) : target, call.OptionalTensor("weight")?.Known("weights"), Reduction(call),
            call.Integer("ignore_index", -100), call.Number("label_smoothing", 0));
    }

    [Operator("aten.nll_loss_nd", Fixed = ["target", "weight"])]
    private static Quantity NegativeLogLikelihood(Call call) => ClassLoss.Of(
        call.Tensor("self"), call.Tensor("target").Known("labels"), call.OptionalTensor("weight")?.Known("weights"), Reduction(call),
        call.Integer("ignore_index", -100), 0);

    [Operator("aten.mse_loss")]
    private static Quantity MeanSquaredError(Call call)
    {
        var error = call.Tensor("self") - call.Tensor("target");
        return Reduced(error * error, call.Integer("reduction", 1));
    }

    [Operator("aten.binary_cross_entropy_with_logits", Fixed = ["target"])]
    private static Quantity BinaryCrossEntropy(Call call)
    {
        if (call.Has("weight") || call.Has("pos_weight")) throw new GraphException("weights of samples or classes are not supported");
        // log(1 + e^x) - x y
        var x = call.Tensor("self");
        return Reduced(x.Map(value => value.Softplus()) - (x * call.Tensor("target")), call.Integer("reduction", 1));
    }

    private static Quantity Reduced(Quantity losses, long reduction) => reduction switch
    {
        0 => losses,
        1 => losses.Mean([], keep: false),
        _ => losses.Sum([], keep: false),
    };

    private static string Reduction(Call call) => call.Integer("reduction", 1) switch { 0 => "none", 1 => "mean", _ => "sum" };

    private static Quantity Transposed(Call call, Quantity x, Quantity w, long[] added)
    {
        var spatial = w.Rank - 2;
        var strides = Each(call, "stride", spatial, 1);
        var pads = Each(call, "padding", spatial, 0);
        var dilations = Each(call, "dilation", spatial, 1);
        // What is added at the end is less of the border there.
        var axes = Enumerable.Range(0, spatial)
            .Select(k => new ConvolutionAxis((int)strides[k], (int)pads[k], (int)pads[k], (int)dilations[k]));
        return x.ConvolveTransposed(w, [.. axes], added, call.Integer("groups", 1)).AddChannels(call.OptionalTensor("bias"));
    }

    private static Quantity Scale(Call call, long channels) =>
        call.OptionalTensor("weight") ?? Quantity.Of(ones(channels, dtype: ScalarType.Float64));

    private static Quantity Shift(Call call, long channels) =>
        call.OptionalTensor("bias") ?? Quantity.Of(zeros(channels, dtype: ScalarType.Float64));

    private static long[] Window(Call call) =>
        call.Integers("kernel_size") ?? throw new GraphException("the size of the windows is missing");

    private static Quantity Batched(Quantity x, int spatial, Func<Quantity, Quantity> f) =>
        x.Rank == spatial + 2 ? f(x) : f(x.Unsqueeze(0)).Squeeze(0);

    private static ConvolutionAxis[] Axes(Call call, Quantity x, long[] window)
    {
        var n = window.Length;
        var strides = call.Integers("stride") is { Length: > 0 } given ? Filled(given, n) : window;
        var (pads, dilations) = (Each(call, "padding", n, 0), Each(call, "dilation", n, 1));
        return [.. Enumerable.Range(0, n).Select(k =>
        {
            var beyond = call.Flag("ceil_mode")
                ? Onnx.Convolutions.Beyond(x.Shape[k + 2], window[k], strides[k], dilations[k], pads[k], pads[k]) : 0;
            return new ConvolutionAxis((int)strides[k], (int)pads[k], (int)(pads[k] + beyond), (int)dilations[k]);
        })];
    }

    private static long[] Each(Call call, string name, int count, long otherwise) =>
        call.Integers(name) is { Length: > 0 } given ? Filled(given, count) : [.. Enumerable.Repeat(otherwise, count)];

    /// <summary>One number for each axis; a single one holds for all.</summary>
    private static long[] Filled(long[] given, int count) => given.Length == 1 ? [.. Enumerable.Repeat(given[0], count)] : given;
}
