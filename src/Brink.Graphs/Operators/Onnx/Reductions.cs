using Brink.Taylor;

namespace Brink.Graphs.Operators.Onnx;

/// <summary>Reductions along axes, and cumulative sums, of ONNX.</summary>
[Operators(Vocabulary.Onnx)]
internal static class Reductions
{
    [Operator("ReduceSum", Fixed = [1])]
    private static Quantity Sum(Call call) => Reduced(call, (x, axes, keep) => x.Sum(axes, keep));

    [Operator("ReduceMean", Fixed = [1])]
    private static Quantity Mean(Call call) => Reduced(call, (x, axes, keep) => x.Mean(axes, keep));

    [Operator("ReduceMax", Fixed = [1])]
    private static Quantity Max(Call call) => Reduced(call, (x, axes, keep) => x.Largest(axes, keep));

    [Operator("ReduceMin", Fixed = [1])]
    private static Quantity Min(Call call) => Reduced(call, (x, axes, keep) => x.Smallest(axes, keep));

    [Operator("ReduceSumSquare", Fixed = [1])]
    private static Quantity SumSquare(Call call) => Reduced(call, (x, axes, keep) => (x * x).Sum(axes, keep));

    [Operator("ReduceL1", Fixed = [1])]
    private static Quantity L1(Call call) => Reduced(call, (x, axes, keep) => x.Map(value => value.Abs()).Sum(axes, keep));

    [Operator("ReduceL2", Fixed = [1])]
    private static Quantity L2(Call call) => Reduced(call, (x, axes, keep) => (x * x).Sum(axes, keep).Map(value => value.Sqrt()));

    [Operator("ReduceLogSum", Fixed = [1])]
    private static Quantity LogSum(Call call) => Reduced(call, (x, axes, keep) => x.Sum(axes, keep).Map(value => value.Log()));

    [Operator("ReduceLogSumExp", Fixed = [1])]
    private static Quantity LogSumExp(Call call) => Reduced(call, (x, axes, keep) => x.LogSumExp(axes, keep));

    [Operator("ReduceProd", Fixed = [1])]
    private static Quantity Prod(Call call) => Reduced(call, (x, axes, keep) =>
    {
        var result = axes.Count == 0 ? [.. Enumerable.Range(0, x.Rank).Select(d => (long)d)] : axes;
        var product = result.Aggregate(x, (y, axis) => Enumerable
            .Range(0, (int)y.Shape[y.Axis(axis)])
            .Select(i => y.Slice(axis, i, i + 1))
            .Aggregate((a, b) => a * b));
        return keep ? product : product.Squeeze(result);
    });

    [Operator("CumSum", Fixed = [1])]
    private static Quantity CumSum(Call call) => Cumulative.Sum(
        call.Input(0), call.Input(1).Integers("axis")[0], call.Flag("exclusive"), call.Flag("reverse"));

    /// <summary>Axes are an input or, in older versions, an attribute; without any, all are meant, or none.</summary>
    private static Quantity Reduced(Call call, Func<Quantity, IReadOnlyList<long>, bool, Quantity> reduce)
    {
        var axes = call.Integers(1, "axes");
        if (axes is null or [] && call.Flag("noop_with_empty_axes")) return call.Input(0);
        return reduce(call.Input(0), axes ?? [], call.Flag("keepdims", true));
    }
}
