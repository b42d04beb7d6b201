namespace Brink.Graphs.Operators.Aten;

/// <summary>Selection and placement of elements by indices of ATen. Indices are data.</summary>
[Operators(Vocabulary.Aten)]
internal static class Selections
{
    /// <summary>Rows of a table. A padding index has no gradient in PyTorch while it trains; where it is in use, its row is
    /// differentiated here like the others.</summary>
    [Operator("aten.embedding", Fixed = ["indices"])]
    private static Quantity Embedding(Call call) => call.Tensor("weight").Gather(0, call.Tensor("indices").Known("indices"));

    [Operator("aten.index_select", Fixed = ["index"])]
    private static Quantity IndexSelect(Call call) =>
        call.Tensor("self").Gather(call.Integer("dim"), call.Tensor("index").Known("indices"));

    [Operator("aten.gather", Fixed = ["index"])]
    private static Quantity Gather(Call call) =>
        Indices.AlongAxis(call.Tensor("self"), call.Integer("dim"), call.Tensor("index").Known("indices"));

    [Operator("aten.index.Tensor", Fixed = ["indices"])]
    private static Quantity Index(Call call)
    {
        var x = call.Tensor("self");
        var indices = new List<Tensor?>();
        foreach (var index in call.Tensors("indices"))
        {
            if (index?.Known("indices") is { dtype: ScalarType.Bool } mask)
                indices.AddRange(mask.nonzero().unbind(1));
            else
                indices.Add(index?.Known("indices").to(ScalarType.Int64));
        }
        return Indices.ByAxes(x, indices);
    }

    [Operator("aten.scatter.src", Fixed = ["index"])]
    private static Quantity Scatter(Call call) => Scattered(call, "none");

    [Operator("aten.scatter_add", Fixed = ["index"])]
    private static Quantity ScatterAdd(Call call) => Scattered(call, "add");

    [Operator("aten.argmax", IsFlat = true)]
    private static Quantity ArgMax(Call call)
    {
        var operand = call.Tensor("self").Known("operand");
        return Quantity.Of(call.Has("dim") ? operand.argmax(call.Integer("dim"), call.Flag("keepdim")) : operand.argmax());
    }

    private static Quantity Scattered(Call call, string reduction)
    {
        var (x, indices) = (call.Tensor("self"), call.Tensor("index").Known("indices"));
        var places = Indices.AlongAxis(Quantity.Of(x.Numbers()), call.Integer("dim"), indices).Known("places");
        var source = call.Tensor("src");
        for (var d = 0; d < source.Rank; d++) source = source.Slice(d, 0, indices.shape[d]);
        return Indices.Placed(x, places, source, reduction);
    }
}
