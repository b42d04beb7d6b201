using Brink.Taylor;

namespace Brink.Graphs.Operators.Onnx;

/// <summary>Norms and softmax of ONNX.</summary>
[Operators(Vocabulary.Onnx)]
internal static class Normalizations
{
    [Operator("Softmax")]
    private static Quantity Softmax(Call call) => call.Input(0).AlongRows(call.Integer("axis", -1), rows => rows.Softmax());

    [Operator("LogSoftmax")]
    private static Quantity LogSoftmax(Call call) => call.Input(0).AlongRows(call.Integer("axis", -1), rows => rows.LogSoftmax());

    /// <summary>The results are the norm and, where a node uses them, the mean and the inverse of the standard deviation.</summary>
    [Operator("LayerNormalization")]
    private static Quantity[] LayerNormalization(Call call)
    {
        var (x, axis, epsilon) = (call.Input(0), call.Integer("axis", -1), call.Number("epsilon", 1e-5));
        var y = x.Standardized(axis, epsilon) * call.Input(1);
        if (call.Optional(2) is { } bias) y += bias;
        if (call.Node.Outputs.Count == 1) return [y];
        var first = x.Axis(axis);
        long[] axes = [.. Enumerable.Range(first, x.Rank - first).Select(d => (long)d)];
        var mean = x.Mean(axes, keep: true);
        var centred = x - mean;
        return [y, mean, (centred * centred).Mean(axes, keep: true).Map(value => value.InverseRoot(epsilon))];
    }

    [Operator("RMSNormalization")]
    private static Quantity RmsNormalization(Call call) =>
        Norms.RootMeanSquare(call.Input(0), call.Integer("axis", -1), call.Number("epsilon", 1e-5)) * call.Input(1);

    [Operator("InstanceNormalization")]
    private static Quantity InstanceNormalization(Call call) =>
        call.Input(0).GroupNorm(call.Input(0).Shape[1], call.Input(1), call.Input(2), call.Number("epsilon", 1e-5));

    /// <summary>Before version 21 scales and shifts are those of the groups, since then those of the channels.</summary>
    [Operator("GroupNormalization")]
    private static Quantity GroupNormalization(Call call)
    {
        var x = call.Input(0);
        var (weight, bias) = (PerChannel(call.Input(1)), PerChannel(call.Input(2)));
        return x.GroupNorm(call.Integer("num_groups"), weight, bias, call.Number("epsilon", 1e-5));

        Quantity PerChannel(Quantity s) => s.Count == x.Shape[1]
            ? s
            : s.Unsqueeze(1).Expand(s.Count, x.Shape[1] / s.Count).Reshape(x.Shape[1]);
    }

    /// <summary>In training mode the statistics are those of the batch, and the updated averages are results too.</summary>
    [Operator("BatchNormalization", Fixed = [3, 4])]
    private static Quantity[] BatchNormalization(Call call)
    {
        var x = call.Input(0);
        var isTraining = call.Flag("training_mode");
        var y = Norms.Batch(
            x, call.Input(1), call.Input(2), isTraining ? null : (call.Input(3), call.Input(4)), call.Number("epsilon", 1e-5));
        if (!isTraining || call.Node.Outputs.Count == 1) return [y];
        long[] axes = [.. Enumerable.Range(0, x.Rank).Where(d => d != 1).Select(d => (long)d)];
        var centred = x - x.Mean(axes, keep: true);
        return [y, Average(call.Input(3), x.Mean(axes, keep: false)), Average(call.Input(4), (centred * centred).Mean(axes, keep: false))];

        Quantity Average(Quantity former, Quantity batch)
        {
            var momentum = call.Number("momentum", 0.9);
            return (momentum * former) + ((1 - momentum) * batch);
        }
    }

    [Operator("LpNormalization")]
    private static Quantity LpNormalization(Call call)
    {
        var (x, axis) = (call.Input(0), call.Integer("axis", -1));
        return call.Integer("p", 2) == 1
            ? x / x.Map(value => value.Abs()).Sum([axis], keep: true)
            : x / (x * x).Sum([axis], keep: true).Map(value => value.Sqrt());
    }

    [Operator("MeanVarianceNormalization")]
    private static Quantity MeanVarianceNormalization(Call call)
    {
        var (x, axes) = (call.Input(0), call.Integers("axes") ?? [0, 2, 3]);
        var centred = x - x.Mean(axes, keep: true);
        return centred / ((centred * centred).Mean(axes, keep: true).Map(value => value.Sqrt()) + 1e-9);
    }

    /// <summary>Divides by a power of the mean square over neighbouring channels.</summary>
    [Operator("LRN")]
    private static Quantity LocalResponseNormalization(Call call)
    {
        var (x, size) = (call.Input(0), call.Integer("size"));
        var (before, after) = ((size - 1) / 2, size - 1 - ((size - 1) / 2));
        long[] front = new long[x.Rank], back = new long[x.Rank];
        (front[1], back[1]) = (before, after);
        var squares = (x * x).Pad(front, back, 0);
        var sum = Enumerable.Range(0, (int)size).Select(i => squares.Slice(1, i, i + x.Shape[1])).Aggregate((a, b) => a + b);
        var power = Powers.Of((call.Number("alpha", 1e-4) / size * sum) + call.Number("bias", 1), -call.Number("beta", 0.75));
        return x * power;
    }
}
