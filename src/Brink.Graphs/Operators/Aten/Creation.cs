namespace Brink.Graphs.Operators.Aten;

/// <summary>Operators of ATen that make data.</summary>
[Operators(Vocabulary.Aten)]
internal static class Creation
{
    [Operator("aten.arange", IsFlat = true)]
    [Operator("aten.arange.start", IsFlat = true)]
    [Operator("aten.arange.start_step", IsFlat = true)]
    private static Quantity Arange(Call call)
    {
        var (start, end, step) = (call.Number("start", 0), call.Number("end", 0), call.Number("step", 1));
        var isWhole = double.IsInteger(start) && double.IsInteger(end) && double.IsInteger(step);
        var type = call.Type("dtype") is { } wanted ? Types.Of(wanted) : isWhole ? ScalarType.Int64 : ScalarType.Float64;
        var count = (long)Math.Max(0, Math.Ceiling((end - start) / step));
        return Quantity.Of((start + (step * torch.arange(count, dtype: ScalarType.Float64))).to(type));
    }

    [Operator("aten.zeros", IsFlat = true)]
    [Operator("aten.new_zeros", IsFlat = true)]
    private static Quantity Zeros(Call call) => Filled(call, call.Integers("size")!, 0);

    [Operator("aten.ones", IsFlat = true)]
    [Operator("aten.new_ones", IsFlat = true)]
    private static Quantity Ones(Call call) => Filled(call, call.Integers("size")!, 1);

    [Operator("aten.full", IsFlat = true)]
    [Operator("aten.new_full", IsFlat = true)]
    private static Quantity Full(Call call) => Filled(call, call.Integers("size")!, call.Number("fill_value", 0));

    [Operator("aten.zeros_like", IsFlat = true)]
    private static Quantity ZerosLike(Call call) => Filled(call, call.Tensor("self").Shape, 0);

    [Operator("aten.ones_like", IsFlat = true)]
    private static Quantity OnesLike(Call call) => Filled(call, call.Tensor("self").Shape, 1);

    [Operator("aten.full_like", IsFlat = true)]
    private static Quantity FullLike(Call call) => Filled(call, call.Tensor("self").Shape, call.Number("fill_value", 0));

    [Operator("aten.scalar_tensor", IsFlat = true)]
    private static Quantity Scalar(Call call) => Filled(call, [], call.Number("s", 0));

    [Operator("aten.eye", IsFlat = true)]
    private static Quantity Eye(Call call) =>
        Quantity.Of(eye(call.Integer("n"), dtype: Types.Of(call.Type("dtype") ?? ElementType.Float32)));

    [Operator("aten.one_hot", IsFlat = true)]
    private static Quantity OneHot(Call call) =>
        Quantity.Of(nn.functional.one_hot(call.Tensor("self").Known("classes"), call.Integer("num_classes", -1)));

    private static Quantity Filled(Call call, long[] shape, double value)
    {
        var like = call.OptionalTensor("self");
        var type = call.Type("dtype") is { } wanted ? Types.Of(wanted)
            : like is null ? ScalarType.Float64
            : like.Data?.dtype ?? ScalarType.Float64;
        return Quantity.Of(full(shape, value, dtype: type));
    }
}
