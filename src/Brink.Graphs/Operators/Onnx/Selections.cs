namespace Brink.Graphs.Operators.Onnx;

/// <summary>Selection and placement of elements by indices of ONNX. Indices are data.</summary>
[Operators(Vocabulary.Onnx)]
internal static class Selections
{
    [Operator("Gather", Fixed = [1])]
    private static Quantity Gather(Call call) => call.Input(0).Gather(call.Integer("axis", 0), call.Input(1).Known("indices"));

    [Operator("GatherElements", Fixed = [1])]
    private static Quantity GatherElements(Call call) =>
        Indices.AlongAxis(call.Input(0), call.Integer("axis", 0), call.Input(1).Known("indices"));

    [Operator("GatherND", Fixed = [1])]
    private static Quantity GatherND(Call call)
    {
        var (x, indices, batch) = (call.Input(0), call.Input(1).Known("indices"), (int)call.Integer("batch_dims", 0));
        return Indices.OfTuples(x, indices, batch);
    }

    [Operator("ScatterElements", Fixed = [1])]
    private static Quantity ScatterElements(Call call)
    {
        var x = call.Input(0);
        var places = Indices.AlongAxis(Quantity.Of(x.Numbers()), call.Integer("axis", 0), call.Input(1).Known("indices")).Known("places");
        return Indices.Placed(x, places, call.Input(2), call.Text("reduction", "none"));
    }

    [Operator("ScatterND", Fixed = [1])]
    private static Quantity ScatterND(Call call)
    {
        var x = call.Input(0);
        var places = Indices.OfTuples(Quantity.Of(x.Numbers()), call.Input(1).Known("indices"), 0).Known("places");
        return Indices.Placed(x, places, call.Input(2), call.Text("reduction", "none"));
    }

    [Operator("OneHot", IsFlat = true)]
    private static Quantity OneHot(Call call)
    {
        var indices = call.Input(0).Known("indices").to(ScalarType.Int64);
        var depth = call.Input(1).Integers("depth")[0];
        var values = call.Input(2).Known("values");
        var axis = call.Integer("axis", -1);
        var hot = indices.remainder(depth).unsqueeze(axis < 0 ? axis + indices.dim() + 1 : axis);
        long[] shape = [.. Enumerable.Repeat(1L, (int)indices.dim() + 1)];
        shape[axis < 0 ? axis + shape.Length : axis] = depth;
        var isHot = hot.eq(arange(depth, dtype: ScalarType.Int64).reshape(shape));
        return Quantity.Of(where(isHot, values[1], values[0]));
    }

    [Operator("ArgMax", IsFlat = true)]
    private static Quantity ArgMax(Call call) =>
        Quantity.Of(call.Input(0).Known("operand").argmax(call.Integer("axis", 0), call.Flag("keepdims", true)));

    [Operator("ArgMin", IsFlat = true)]
    private static Quantity ArgMin(Call call) =>
        Quantity.Of(call.Input(0).Known("operand").argmin(call.Integer("axis", 0), call.Flag("keepdims", true)));

    [Operator("NonZero", IsFlat = true)]
    private static Quantity NonZero(Call call) => Quantity.Of(call.Input(0).Known("operand").nonzero().t());
}
