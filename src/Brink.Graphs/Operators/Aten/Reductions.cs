using Brink.Taylor;

namespace Brink.Graphs.Operators.Aten;

/// <summary>Reductions along axes, cumulative sums and differences of ATen.</summary>
[Operators(Vocabulary.Aten)]
internal static class Reductions
{
    [Operator("aten.sum")]
    [Operator("aten.sum.dim_IntList")]
    private static Quantity Sum(Call call) => call.Tensor("self").Sum(Axes(call), call.Flag("keepdim"));

    [Operator("aten.mean")]
    [Operator("aten.mean.dim")]
    private static Quantity Mean(Call call) => call.Tensor("self").Mean(Axes(call), call.Flag("keepdim"));

    [Operator("aten.amax")]
    [Operator("aten.max")]
    private static Quantity Max(Call call) => call.Tensor("self").Largest(Axes(call), call.Flag("keepdim"));

    [Operator("aten.amin")]
    [Operator("aten.min")]
    private static Quantity Min(Call call) => call.Tensor("self").Smallest(Axes(call), call.Flag("keepdim"));

    [Operator("aten.logsumexp")]
    private static Quantity LogSumExp(Call call) => call.Tensor("self").LogSumExp(Axes(call), call.Flag("keepdim"));

    [Operator("aten.var.correction")]
    private static Quantity Variance(Call call)
    {
        var (x, axes) = (call.Tensor("self"), Axes(call));
        var centred = x - x.Mean(axes, keep: true);
        var count = (double)x.Count / x.Sum(axes, keep: true).Count;
        return (centred * centred).Sum(axes, call.Flag("keepdim"), 1 / (count - call.Number("correction", 1)));
    }

    [Operator("aten.linalg_vector_norm")]
    private static Quantity Norm(Call call)
    {
        var (x, axes, keep) = (call.Tensor("self"), Axes(call), call.Flag("keepdim"));
        return call.Number("ord", 2) switch
        {
            2 => (x * x).Sum(axes, keep).Map(value => value.Sqrt()),
            1 => x.Map(value => value.Abs()).Sum(axes, keep),
            var order => throw new GraphException($"a norm of order {order} is not supported"),
        };
    }

    [Operator("aten.cumsum")]
    private static Quantity CumSum(Call call) => Cumulative.Sum(call.Tensor("self"), call.Integer("dim"), exclusive: false, reverse: false);

    /// <summary>The differences of neighbours, n times.</summary>
    [Operator("aten.diff")]
    private static Quantity Diff(Call call)
    {
        var dim = call.Integer("dim", -1);
        Quantity?[] parts = [call.OptionalTensor("prepend"), call.Tensor("self"), call.OptionalTensor("append")];
        var x = Quantity.Concatenate([.. parts.OfType<Quantity>()], dim);
        for (var i = 0; i < call.Integer("n", 1); i++)
        {
            var size = x.Shape[x.Axis(dim)];
            // Of truth values: whether neighbours differ.
            if (x.Data is { dtype: ScalarType.Bool } data)
                x = Quantity.Of(data.narrow(dim, 1, size - 1).logical_xor(data.narrow(dim, 0, size - 1)));
            else
                x = x.Slice(dim, 1, size) - x.Slice(dim, 0, size - 1);
        }
        return x;
    }

    private static long[] Axes(Call call) => call.Integers("dim") ?? [];
}
