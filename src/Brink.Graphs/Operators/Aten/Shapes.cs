namespace Brink.Graphs.Operators.Aten;

/// <summary>Operators of ATen that change shapes, and those that make data.</summary>
[Operators(Vocabulary.Aten)]
internal static class Shapes
{
    [Operator("aten.sym_size.int", IsFlat = true)]
    private static Quantity Size(Call call)
    {
        var x = call.Tensor("self");
        var d = call.Integer("dim");
        return Quantity.Of(tensor(x.Shape[x.Axis(d)]));
    }

    [Operator("aten.sym_numel", IsFlat = true)]
    private static Quantity Count(Call call) => Quantity.Of(tensor(call.Tensor("self").Count));

    [Operator("aten.view", Fixed = ["size"])]
    [Operator("aten._unsafe_view", Fixed = ["size"])]
    private static Quantity View(Call call) => Reshaped(call.Tensor("self"), call.Integers("size")!);

    [Operator("aten.reshape", Fixed = ["shape"])]
    private static Quantity Reshape(Call call) => Reshaped(call.Tensor("self"), call.Integers("shape")!);

    [Operator("aten.flatten.using_ints")]
    private static Quantity Flatten(Call call)
    {
        var x = call.Tensor("self");
        if (x.Rank == 0) return x.Reshape(1);
        var (start, end) = (x.Axis(call.Integer("start_dim", 0)), x.Axis(call.Integer("end_dim", -1)));
        return x.Reshape([.. x.Shape[..start], x.Shape[start..(end + 1)].Aggregate(1L, (p, n) => p * n), .. x.Shape[(end + 1)..]]);
    }

    [Operator("aten.unflatten.int")]
    private static Quantity Unflatten(Call call)
    {
        var x = call.Tensor("self");
        var d = x.Axis(call.Integer("dim"));
        return x.Reshape([.. x.Shape[..d], .. Onnx.Shapes.Inferred(call.Integers("sizes")!, x.Shape[d]), .. x.Shape[(d + 1)..]]);
    }

    [Operator("aten.permute")]
    private static Quantity Permute(Call call)
    {
        var x = call.Tensor("self");
        return x.Transpose([.. call.Integers("dims")!.Select(d => x.Axis(d))]);
    }

    [Operator("aten.transpose.int")]
    private static Quantity Transpose(Call call) => call.Tensor("self").Swap(call.Integer("dim0"), call.Integer("dim1"));

    [Operator("aten.t")]
    [Operator("aten.numpy_T")]
    private static Quantity T(Call call) => call.Tensor("self") is { Rank: 2 } x ? x.Swap(0, 1) : call.Tensor("self");

    [Operator("aten.movedim.int")]
    private static Quantity MoveDimension(Call call)
    {
        var x = call.Tensor("self");
        var (source, destination) = (x.Axis(call.Integer("source")), x.Axis(call.Integer("destination")));
        var order = Enumerable.Range(0, x.Rank).Where(d => d != source).ToList();
        order.Insert(destination, source);
        return x.Transpose(order);
    }

    [Operator("aten.unsqueeze")]
    private static Quantity Unsqueeze(Call call) => call.Tensor("self").Unsqueeze(call.Integer("dim"));

    [Operator("aten.squeeze")]
    [Operator("aten.squeeze.dim")]
    [Operator("aten.squeeze.dims")]
    private static Quantity Squeeze(Call call)
    {
        var x = call.Tensor("self");
        // Dimensions of other sizes stay.
        var axes = call.Integers("dim")?.Select(d => x.Axis(d)) ?? Enumerable.Range(0, x.Rank);
        return x.Squeeze(axes.Where(d => x.Shape[d] == 1).Select(d => (long)d));
    }

    [Operator("aten.expand", Fixed = ["size"])]
    private static Quantity Expand(Call call) => call.Tensor("self").Expand(call.Integers("size")!);

    [Operator("aten.expand_as", Fixed = ["other"])]
    private static Quantity ExpandAs(Call call) => call.Tensor("self").Expand(call.Tensor("other").Shape);

    [Operator("aten.repeat")]
    private static Quantity Repeat(Call call) => call.Tensor("self").Tile(call.Integers("repeats")!);

    [Operator("aten.cat")]
    [Operator("aten.concat")]
    private static Quantity Cat(Call call)
    {
        // An empty vector is ignored, whatever the shapes of the others.
        Quantity[] parts = [.. call.Tensors("tensors").OfType<Quantity>()];
        return Quantity.Concatenate(
            [.. parts.Where(part => part.Rank != 1 || part.Count > 0 || parts.All(other => other.Rank == 1))], call.Integer("dim", 0));
    }

    [Operator("aten.stack")]
    private static Quantity Stack(Call call)
    {
        var dim = call.Integer("dim", 0);
        return Quantity.Concatenate([.. call.Tensors("tensors").OfType<Quantity>().Select(part => part.Unsqueeze(dim))], dim);
    }

    [Operator("aten.split.Tensor")]
    [Operator("aten.chunk")]
    private static Quantity[] Split(Call call)
    {
        var (x, dim) = (call.Tensor("self"), call.Integer("dim", 0));
        var size = x.Shape[x.Axis(dim)];
        var piece = call.Has("chunks") ? (size + call.Integer("chunks") - 1) / call.Integer("chunks") : call.Integer("split_size");
        return [.. Enumerable.Range(0, (int)((size + piece - 1) / piece))
            .Select(i => x.Slice(dim, i * piece, Math.Min(size, (i + 1) * piece)))];
    }

    [Operator("aten.split_with_sizes")]
    private static Quantity[] SplitWithSizes(Call call)
    {
        var (x, dim, start) = (call.Tensor("self"), call.Integer("dim", 0), 0L);
        return [.. call.Integers("split_sizes")!.Select(size => x.Slice(dim, start, start += size))];
    }

    [Operator("aten.unbind.int")]
    private static Quantity[] Unbind(Call call)
    {
        var (x, dim) = (call.Tensor("self"), call.Integer("dim", 0));
        return [.. Enumerable.Range(0, (int)x.Shape[x.Axis(dim)]).Select(i => x.Select(dim, i))];
    }

    [Operator("aten.slice.Tensor", Fixed = ["start", "end"])]
    private static Quantity Slice(Call call) => call.Tensor("self").Slice(
        call.Integer("dim", 0), call.Integer("start", 0), call.Integer("end", long.MaxValue), call.Integer("step", 1));

    [Operator("aten.narrow")]
    private static Quantity Narrow(Call call) => call.Tensor("self").Slice(
        call.Integer("dim"), call.Integer("start"), call.Integer("start") + call.Integer("length"));

    [Operator("aten.select.int")]
    private static Quantity Select(Call call) => call.Tensor("self").Select(call.Integer("dim"), call.Integer("index"));

    [Operator("aten.flip")]
    private static Quantity Flip(Call call) =>
        call.Integers("dims")!.Aggregate(call.Tensor("self"), (x, d) => x.Slice(d, -1, long.MinValue, -1));

    [Operator("aten.roll")]
    private static Quantity Roll(Call call)
    {
        var (x, shifts, dims) = (call.Tensor("self"), call.Integers("shifts")!, call.Integers("dims") ?? []);
        if (dims.Length == 0) return Along(x.Reshape(x.Count), 0, shifts[0]).Reshape(x.Shape);
        return dims.Zip(shifts).Aggregate(x, (y, shift) => Along(y, shift.First, shift.Second));

        static Quantity Along(Quantity y, long dim, long shift)
        {
            var size = y.Shape[y.Axis(dim)];
            var cut = (((-shift) % size) + size) % size;
            return cut == 0 ? y : Quantity.Concatenate([y.Slice(dim, cut, size), y.Slice(dim, 0, cut)], dim);
        }
    }

    [Operator("aten.pad")]
    [Operator("aten.constant_pad_nd")]
    private static Quantity Pad(Call call)
    {
        var (x, pads) = (call.Tensor("self"), call.Integers("pad")!);
        long[] before = new long[x.Rank], after = new long[x.Rank];
        // The last dimension comes first.
        for (var k = 0; k < pads.Length / 2; k++) (before[^(k + 1)], after[^(k + 1)]) = (pads[2 * k], pads[(2 * k) + 1]);
        return Borders.Of(x, before, after, call.Text("mode", "constant"), call.Number("value", 0));
    }

    [Operator("aten.contiguous")]
    [Operator("aten.clone")]
    [Operator("aten.alias")]
    [Operator("aten.detach")]
    [Operator("aten.detach_")]
    [Operator("aten.lift_fresh_copy")]
    private static Quantity Same(Call call) => call.Tensor("self");

    [Operator("aten.to.dtype")]
    [Operator("aten.to.device")]
    [Operator("aten.to.dtype_layout")]
    [Operator("aten.to.other", Fixed = ["other"])]
    [Operator("aten._to_copy")]
    [Operator("aten.type_as", Fixed = ["other"])]
    [Operator("aten.float")]
    [Operator("aten.double")]
    private static Quantity Convert(Call call) =>
        call.Type("dtype") is { } type ? call.Tensor("self").Converted(type) : call.Tensor("self");

    [Operator("aten._assert_tensor_metadata", IsFlat = true)]
    [Operator("aten._assert_scalar", IsFlat = true)]
    [Operator("aten.sym_constrain_range_for_size", IsFlat = true)]
    private static Quantity[] Nothing(Call call) => [];

    [Operator("aten.tril", Fixed = ["diagonal"])]
    private static Quantity Tril(Call call) => Triangle(call, (ones, k) => ones.tril(k));

    [Operator("aten.triu", Fixed = ["diagonal"])]
    private static Quantity Triu(Call call) => Triangle(call, (ones, k) => ones.triu(k));

    private static Quantity Reshaped(Quantity x, long[] sizes) => x.Reshape(Onnx.Shapes.Inferred(sizes, x.Count));

    private static Quantity Triangle(Call call, Func<Tensor, long, Tensor> part)
    {
        var x = call.Tensor("self");
        var mask = part(ones(x.Shape[^2], x.Shape[^1], dtype: ScalarType.Bool), call.Integer("diagonal", 0));
        return Quantity.Where(mask, x, Quantity.Of(zeros(1, dtype: x.Data?.dtype ?? ScalarType.Float64).reshape()));
    }
}
