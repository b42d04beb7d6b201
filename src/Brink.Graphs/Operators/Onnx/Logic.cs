namespace Brink.Graphs.Operators.Onnx;

/// <summary>Comparisons, truth values and rounding of ONNX, which have no derivative: their operands are data.</summary>
[Operators(Vocabulary.Onnx)]
internal static class Logic
{
    [Operator("Equal", IsFlat = true)]
    private static Quantity Equal(Call call) => Compared(call, (x, y) => x.eq(y));

    [Operator("Greater", IsFlat = true)]
    private static Quantity Greater(Call call) => Compared(call, (x, y) => x.gt(y));

    [Operator("GreaterOrEqual", IsFlat = true)]
    private static Quantity GreaterOrEqual(Call call) => Compared(call, (x, y) => x.ge(y));

    [Operator("Less", IsFlat = true)]
    private static Quantity Less(Call call) => Compared(call, (x, y) => x.lt(y));

    [Operator("LessOrEqual", IsFlat = true)]
    private static Quantity LessOrEqual(Call call) => Compared(call, (x, y) => x.le(y));

    [Operator("And", IsFlat = true)]
    private static Quantity And(Call call) => Compared(call, (x, y) => x.logical_and(y));

    [Operator("Or", IsFlat = true)]
    private static Quantity Or(Call call) => Compared(call, (x, y) => x.logical_or(y));

    [Operator("Xor", IsFlat = true)]
    private static Quantity Xor(Call call) => Compared(call, (x, y) => x.logical_xor(y));

    [Operator("Not", IsFlat = true)]
    private static Quantity Not(Call call) => Quantity.Of(call.Input(0).Known("operand").logical_not());

    /// <summary>Which elements are NaN. Values that depend on the parameters have none where the loss is finite.</summary>
    [Operator("IsNaN", IsFlat = true)]
    private static Quantity IsNaN(Call call) => Quantity.Of(
        call.Input(0).Data is { } data ? data.isnan() : zeros(call.Input(0).Shape, dtype: ScalarType.Bool));

    [Operator("IsInf", IsFlat = true)]
    private static Quantity IsInf(Call call)
    {
        var x = call.Input(0).Known("operand");
        var (negative, positive) = (call.Flag("detect_negative", true), call.Flag("detect_positive", true));
        return Quantity.Of(x.isinf().logical_and(x.gt(0).logical_and(tensor(positive)).logical_or(x.lt(0).logical_and(tensor(negative)))));
    }

    [Operator("Sign", IsFlat = true)]
    private static Quantity Sign(Call call) => Quantity.Of(call.Input(0).Known("operand").sign());

    [Operator("Floor", IsFlat = true)]
    private static Quantity Floor(Call call) => Quantity.Of(call.Input(0).Known("operand").floor());

    [Operator("Ceil", IsFlat = true)]
    private static Quantity Ceil(Call call) => Quantity.Of(call.Input(0).Known("operand").ceil());

    [Operator("Round", IsFlat = true)]
    private static Quantity Round(Call call) => Quantity.Of(call.Input(0).Known("operand").round());

    private static Quantity Compared(Call call, Func<Tensor, Tensor, Tensor> compare) =>
        Quantity.Of(compare(call.Input(0).Known("left operand"), call.Input(1).Known("right operand")));
}
