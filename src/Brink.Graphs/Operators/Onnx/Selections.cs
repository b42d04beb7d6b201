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
        Quantity.Of(Place(call, call.Input(0).Known("operand")));

    [Operator("ArgMin", IsFlat = true)]
    private static Quantity ArgMin(Call call) =>
        Quantity.Of(Place(call, -call.Input(0).Known("operand")));

    [Operator("NonZero", IsFlat = true)]
    private static Quantity NonZero(Call call) => Quantity.Of(call.Input(0).Known("operand").nonzero().t());

    /// <summary>The elements of a dimension, or of all in row-major order, where a condition holds.</summary>
    [Operator("Compress", Fixed = [1])]
    private static Quantity Compress(Call call)
    {
        var (x, places) = (call.Input(0), call.Input(1).Known("condition").to(ScalarType.Bool).nonzero().flatten());
        return call.Has("axis") ? x.Gather(call.Integer("axis"), places) : x.Reshape(x.Count).Gather(0, places);
    }

    /// <summary>The k largest or smallest elements along an axis, and their indices.</summary>
    [Operator("TopK", IsFlat = true)]
    private static Quantity[] TopK(Call call)
    {
        var (values, indices) = call.Input(0).Known("operand").topk(
            checked((int)call.Input(1).Integers("number of elements")[0]),
            checked((int)call.Integer("axis", -1)),
            call.Flag("largest", true));
        return [Quantity.Of(values), Quantity.Of(indices)];
    }

    /// <summary>1 at the first of the largest elements along an axis, 0 elsewhere.</summary>
    [Operator("Hardmax", IsFlat = true)]
    private static Quantity Hardmax(Call call)
    {
        var (x, axis) = (call.Input(0).Known("operand"), call.Integer("axis", -1));
        return Quantity.Of(zeros_like(x).scatter(axis, x.argmax(axis, true), ones_like(x)));
    }

    /// <summary>Reverses the first elements of each sample; their number is that of the sample.</summary>
    [Operator("ReverseSequence", Fixed = [1])]
    private static Quantity ReverseSequence(Call call)
    {
        var x = call.Input(0);
        var (time, batch) = (call.Integer("time_axis", 0), call.Integer("batch_axis", 1));
        long[] along = [.. Enumerable.Repeat(1L, x.Rank)], across = [.. along];
        (along[time], across[batch]) = (x.Shape[time], x.Shape[batch]);
        var places = arange(x.Shape[time], dtype: ScalarType.Int64).reshape(along);
        var lengths = call.Input(1).Known("lengths of the sequences").to(ScalarType.Int64).reshape(across);
        return Indices.AlongAxis(x, time, where(places.lt(lengths), lengths - 1 - places, places).expand(x.Shape));
    }

    /// <summary>The index of the largest element along an axis: the first of equal ones, or the last.</summary>
    private static Tensor Place(Call call, Tensor x)
    {
        var (axis, keep) = (call.Integer("axis", 0), call.Flag("keepdims", true));
        return call.Flag("select_last_index")
            ? x.shape[axis < 0 ? axis + x.dim() : axis] - 1 - x.flip(axis).argmax(axis, keep)
            : x.argmax(axis, keep);
    }
}
