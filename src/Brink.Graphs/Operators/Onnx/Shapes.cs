using Brink.Graphs.Onnx;

namespace Brink.Graphs.Operators.Onnx;

/// <summary>Operators of ONNX that change shapes, and those that compute with them.</summary>
[Operators(Vocabulary.Onnx)]
internal static class Shapes
{
    [Operator("Shape", IsFlat = true)]
    private static Quantity Shape(Call call)
    {
        var shape = call.Input(0).Shape;
        var (start, end) = (call.Integer("start", 0), call.Integer("end", long.MaxValue));
        var first = Math.Clamp(start < 0 ? start + shape.Length : start, 0, shape.Length);
        var last = Math.Clamp(end < 0 ? end + shape.Length : end, first, shape.Length);
        return Quantity.Of(tensor(shape[(int)first..(int)last], dtype: ScalarType.Int64));
    }

    [Operator("Size", IsFlat = true)]
    private static Quantity Size(Call call) => Quantity.Of(tensor(call.Input(0).Count));

    /// <summary>0 keeps a size of the operand, -1 stands for the size that follows from the others.</summary>
    [Operator("Reshape", Fixed = [1])]
    private static Quantity Reshape(Call call)
    {
        var x = call.Input(0);
        var sizes = call.Input(1).Integers("shape");
        if (!call.Flag("allowzero"))
        {
            for (var d = 0; d < sizes.Length; d++)
            {
                if (sizes[d] != 0) continue;
                sizes[d] = d < x.Rank
                    ? x.Shape[d]
                    : throw new GraphException($"size 0 at dimension {d} refers to no dimension of the operand");
            }
        }
        return x.Reshape(Inferred(sizes, x.Count));
    }

    [Operator("Flatten")]
    private static Quantity Flatten(Call call)
    {
        var x = call.Input(0);
        var axis = call.Integer("axis", 1);
        var rows = x.Shape.Take((int)(axis < 0 ? axis + x.Rank : axis)).Aggregate(1L, (product, n) => product * n);
        return x.Reshape(rows, rows == 0 ? 0 : x.Count / rows);
    }

    [Operator("Transpose")]
    private static Quantity Transpose(Call call)
    {
        var x = call.Input(0);
        return x.Transpose([.. call.Integers("perm")?.Select(d => (int)d) ?? Enumerable.Range(0, x.Rank).Reverse()]);
    }

    [Operator("Squeeze", Fixed = [1])]
    private static Quantity Squeeze(Call call)
    {
        var x = call.Input(0);
        return x.Squeeze(call.Integers(1, "axes") ?? [.. Enumerable.Range(0, x.Rank).Where(d => x.Shape[d] == 1).Select(d => (long)d)]);
    }

    [Operator("Unsqueeze", Fixed = [1])]
    private static Quantity Unsqueeze(Call call)
    {
        var x = call.Input(0);
        var axes = call.Integers(1, "axes") ?? throw new GraphException("the axes are missing");
        var rank = x.Rank + axes.Length;
        return axes.Select(axis => axis < 0 ? axis + rank : axis).Order().Aggregate(x, (y, axis) => y.Unsqueeze(axis));
    }

    [Operator("Expand", Fixed = [1])]
    private static Quantity Expand(Call call)
    {
        var x = call.Input(0);
        return x.Expand(Quantity.BroadcastShape(x.Shape, call.Input(1).Integers("shape")));
    }

    [Operator("Tile", Fixed = [1])]
    private static Quantity Tile(Call call) => call.Input(0).Tile(call.Input(1).Integers("repeats"));

    [Operator("Concat")]
    private static Quantity Concat(Call call) => Quantity.Concatenate(call.From(0), call.Integer("axis"));

    [Operator("Split", Fixed = [1])]
    private static Quantity[] Split(Call call)
    {
        var x = call.Input(0);
        var axis = call.Integer("axis", 0);
        var size = x.Shape[x.Axis(axis)];
        var parts = call.Node.Outputs.Count;
        var piece = (size + parts - 1) / parts;
        var sizes = call.Integers(1, "split") ?? [.. Enumerable.Range(0, parts).Select(i => Math.Min(piece, size - (i * piece)))];
        var start = 0L;
        return [.. sizes.Select(length => x.Slice(axis, start, start += length))];
    }

    [Operator("Slice", Fixed = [1, 2, 3, 4])]
    private static Quantity Slice(Call call)
    {
        var x = call.Input(0);
        var (starts, ends) = (call.Input(1).Integers("starts"), call.Input(2).Integers("ends"));
        var axes = call.Optional(3)?.Integers("axes") ?? [.. Enumerable.Range(0, starts.Length).Select(d => (long)d)];
        var steps = call.Optional(4)?.Integers("steps");
        for (var k = 0; k < starts.Length; k++) x = x.Slice(axes[k], starts[k], ends[k], steps?[k] ?? 1);
        return x;
    }

    [Operator("Pad", Fixed = [1, 2, 3])]
    private static Quantity Pad(Call call)
    {
        var x = call.Input(0);
        var pads = call.Input(1).Integers("pads");
        var value = call.Optional(2)?.Known("value").to(ScalarType.Float64).item<double>() ?? 0;
        var axes = call.Optional(3)?.Integers("axes").Select(d => (long)x.Axis(d)).ToArray()
            ?? [.. Enumerable.Range(0, x.Rank).Select(d => (long)d)];
        long[] before = new long[x.Rank], after = new long[x.Rank];
        for (var k = 0; k < axes.Length; k++) (before[axes[k]], after[axes[k]]) = (pads[k], pads[k + axes.Length]);
        return Borders.Of(x, before, after, call.Text("mode", "constant"), value);
    }

    [Operator("DepthToSpace")]
    private static Quantity DepthToSpace(Call call)
    {
        var (x, b) = (call.Input(0), call.Integer("blocksize"));
        var (n, c, h, w) = (x.Shape[0], x.Shape[1] / (b * b), x.Shape[2], x.Shape[3]);
        var apart = string.Equals(call.Text("mode", "DCR"), "DCR", StringComparison.Ordinal)
            ? x.Reshape(n, b, b, c, h, w).Transpose(0, 3, 4, 1, 5, 2)
            : x.Reshape(n, c, b, b, h, w).Transpose(0, 1, 4, 2, 5, 3);
        return apart.Reshape(n, c, h * b, w * b);
    }

    [Operator("SpaceToDepth")]
    private static Quantity SpaceToDepth(Call call)
    {
        var (x, b) = (call.Input(0), call.Integer("blocksize"));
        var (n, c, h, w) = (x.Shape[0], x.Shape[1], x.Shape[2] / b, x.Shape[3] / b);
        return x.Reshape(n, c, h, b, w, b).Transpose(0, 3, 5, 1, 2, 4).Reshape(n, c * b * b, h, w);
    }

    [Operator("ConstantOfShape", IsFlat = true)]
    private static Quantity ConstantOfShape(Call call)
    {
        var shape = call.Input(0).Integers("shape");
        var value = call.Has("value") ? call.Tensor("value").Known("value").reshape() : tensor(0.0, dtype: ScalarType.Float64);
        return Quantity.Of(value.expand(shape));
    }

    [Operator("Range", IsFlat = true)]
    private static Quantity Range(Call call)
    {
        var (start, limit, step) = (call.Input(0).Known("start"), call.Input(1).Known("limit"), call.Input(2).Known("step"));
        var count = (long)Math.Max(0, Math.Ceiling((Double(limit) - Double(start)) / Double(step)));
        return Quantity.Of(start.reshape() + (step.reshape() * arange(count, dtype: start.dtype)));

        static double Double(Tensor x) => x.to(ScalarType.Float64).item<double>();
    }

    [Operator("Cast", Fixed = [1])]
    private static Quantity Cast(Call call) => call.Input(0).Converted(TypeOf(call.Integer("to")));

    [Operator("CastLike", Fixed = [1])]
    private static Quantity CastLike(Call call) => call.Input(0).Converted(TypeOf(call.Input(1)));

    [Operator("Trilu", Fixed = [1])]
    private static Quantity Trilu(Call call)
    {
        var x = call.Input(0);
        var k = call.Optional(1)?.Integers("diagonal")[0] ?? 0;
        var ones = torch.ones(x.Shape[^2], x.Shape[^1], dtype: ScalarType.Bool);
        var zero = Quantity.Of(zeros(1, dtype: ScalarType.Int64).reshape());
        return Quantity.Where(call.Flag("upper", true) ? ones.triu(k) : ones.tril(k), x, zero);
    }

    [Operator("EyeLike", IsFlat = true)]
    private static Quantity EyeLike(Call call)
    {
        var (shape, k) = (call.Input(0).Shape, call.Integer("k", 0));
        var rows = arange(shape[0], dtype: ScalarType.Int64).unsqueeze(1);
        var ones = (rows + k).eq(arange(shape[1], dtype: ScalarType.Int64));
        return Quantity.Of(ones.to(Types.Of(call.Has("dtype") ? TypeOf(call.Integer("dtype")) : TypeOf(call.Input(0)))));
    }

    private static ElementType TypeOf(Quantity x) => x.Data?.dtype switch
    {
        null or ScalarType.Float64 => ElementType.Float64,
        ScalarType.Bool => ElementType.Bool,
        _ => ElementType.Int64,
    };

    private static ElementType TypeOf(long code) =>
        ElementTypeCodes.Of(code) ?? throw new GraphException($"the element type number {code} is not supported");

    /// <summary>Replaces the size -1 by the one that follows from the others.</summary>
    internal static long[] Inferred(long[] sizes, long count)
    {
        if (!sizes.Contains(-1)) return sizes;
        var known = sizes.Where(n => n != -1).Aggregate(1L, (product, n) => product * n);
        if (sizes.Count(n => n == -1) > 1 || known == 0 || count % known != 0)
            throw new GraphException($"{count} elements do not have the shape [{string.Join(',', sizes)}]");
        return [.. sizes.Select(n => n == -1 ? count / known : n)];
    }
}
