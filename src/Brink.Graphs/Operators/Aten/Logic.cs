namespace Brink.Graphs.Operators.Aten;

/// <summary>Comparisons, truth values and rounding of ATen, which have no derivative: their operands are data.</summary>
[Operators(Vocabulary.Aten)]
internal static class Logic
{
    [Operator("aten.eq.Tensor", IsFlat = true)]
    [Operator("aten.eq.Scalar", IsFlat = true)]
    private static Quantity Equal(Call call) => Compared(call, (x, y) => x.eq(y));

    [Operator("aten.ne.Tensor", IsFlat = true)]
    [Operator("aten.ne.Scalar", IsFlat = true)]
    private static Quantity NotEqual(Call call) => Compared(call, (x, y) => x.ne(y));

    [Operator("aten.gt.Tensor", IsFlat = true)]
    [Operator("aten.gt.Scalar", IsFlat = true)]
    private static Quantity Greater(Call call) => Compared(call, (x, y) => x.gt(y));

    [Operator("aten.ge.Tensor", IsFlat = true)]
    [Operator("aten.ge.Scalar", IsFlat = true)]
    private static Quantity GreaterOrEqual(Call call) => Compared(call, (x, y) => x.ge(y));

    [Operator("aten.lt.Tensor", IsFlat = true)]
    [Operator("aten.lt.Scalar", IsFlat = true)]
    private static Quantity Less(Call call) => Compared(call, (x, y) => x.lt(y));

    [Operator("aten.le.Tensor", IsFlat = true)]
    [Operator("aten.le.Scalar", IsFlat = true)]
    private static Quantity LessOrEqual(Call call) => Compared(call, (x, y) => x.le(y));

    [Operator("aten.__and__.Tensor", IsFlat = true)]
    [Operator("aten.__and__.Scalar", IsFlat = true)]
    [Operator("aten.bitwise_and.Tensor", IsFlat = true)]
    [Operator("aten.logical_and", IsFlat = true)]
    private static Quantity And(Call call) => Compared(call, (x, y) => x.logical_and(y));

    [Operator("aten.__or__.Tensor", IsFlat = true)]
    [Operator("aten.__or__.Scalar", IsFlat = true)]
    [Operator("aten.bitwise_or.Tensor", IsFlat = true)]
    [Operator("aten.logical_or", IsFlat = true)]
    private static Quantity Or(Call call) => Compared(call, (x, y) => x.logical_or(y));

    [Operator("aten.logical_not", IsFlat = true)]
    [Operator("aten.bitwise_not", IsFlat = true)]
    private static Quantity Not(Call call) => Quantity.Of(call.Tensor("self").Known("operand").logical_not());

    /// <summary>Which elements are NaN. Values that depend on the parameters have none where the loss is finite.</summary>
    [Operator("aten.isnan", IsFlat = true)]
    private static Quantity IsNaN(Call call) => Quantity.Of(
        call.Tensor("self").Data is { } data ? data.isnan() : zeros(call.Tensor("self").Shape, dtype: ScalarType.Bool));

    [Operator("aten.isinf", IsFlat = true)]
    private static Quantity IsInf(Call call) => Quantity.Of(call.Tensor("self").Known("operand").isinf());

    [Operator("aten.sign", IsFlat = true)]
    private static Quantity Sign(Call call) => Quantity.Of(call.Tensor("self").Known("operand").sign());

    [Operator("aten.floor", IsFlat = true)]
    private static Quantity Floor(Call call) => Quantity.Of(call.Tensor("self").Known("operand").floor());

    [Operator("aten.ceil", IsFlat = true)]
    private static Quantity Ceil(Call call) => Quantity.Of(call.Tensor("self").Known("operand").ceil());

    [Operator("aten.round", IsFlat = true)]
    private static Quantity Round(Call call) => Quantity.Of(call.Tensor("self").Known("operand").round());

    [Operator("aten.where.self", Fixed = ["condition"])]
    [Operator("aten.where.ScalarSelf", Fixed = ["condition"])]
    [Operator("aten.where.ScalarOther", Fixed = ["condition"])]
    [Operator("aten.where.Scalar", Fixed = ["condition"])]
    private static Quantity Where(Call call) =>
        Quantity.Where(call.Tensor("condition").Known("condition"), call.Tensor("self"), call.Tensor("other"));

    [Operator("aten.masked_fill.Scalar", Fixed = ["mask"])]
    [Operator("aten.masked_fill.Tensor", Fixed = ["mask"])]
    private static Quantity MaskedFill(Call call) =>
        Quantity.Where(call.Tensor("mask").Known("mask"), call.Tensor("value"), call.Tensor("self"));

    [Operator("aten.any", IsFlat = true)]
    private static Quantity Any(Call call) => Quantity.Of(call.Tensor("self").Known("operand").any());

    [Operator("aten.any.dim", IsFlat = true)]
    private static Quantity AnyAlong(Call call) =>
        Quantity.Of(call.Tensor("self").Known("operand").any(call.Integer("dim"), call.Flag("keepdim")));

    [Operator("aten.all", IsFlat = true)]
    private static Quantity All(Call call) => Quantity.Of(call.Tensor("self").Known("operand").all());

    [Operator("aten.all.dim", IsFlat = true)]
    private static Quantity AllAlong(Call call) =>
        Quantity.Of(call.Tensor("self").Known("operand").all(call.Integer("dim"), call.Flag("keepdim")));

    private static Quantity Compared(Call call, Func<Tensor, Tensor, Tensor> compare) =>
        Quantity.Of(compare(call.Tensor("self").Known("left operand"), call.Tensor("other").Known("right operand")));
}
