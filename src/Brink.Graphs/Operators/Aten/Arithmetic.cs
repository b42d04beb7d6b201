using Brink.Taylor;

namespace Brink.Graphs.Operators.Aten;

/// <summary>Arithmetic of ATen, broadcast as NumPy does.</summary>
[Operators(Vocabulary.Aten)]
internal static class Arithmetic
{
    [Operator("aten.add.Tensor")]
    [Operator("aten.add.Scalar")]
    private static Quantity Add(Call call) => call.Tensor("self") + Scaled(call);

    [Operator("aten.sub.Tensor")]
    [Operator("aten.sub.Scalar")]
    private static Quantity Sub(Call call) => call.Tensor("self") - Scaled(call);

    [Operator("aten.rsub.Scalar")]
    [Operator("aten.rsub.Tensor")]
    private static Quantity ReversedSub(Call call) => call.Tensor("other") - (call.Number("alpha", 1) * call.Tensor("self"));

    [Operator("aten.mul.Tensor")]
    [Operator("aten.mul.Scalar")]
    private static Quantity Mul(Call call) => call.Tensor("self") * call.Tensor("other");

    [Operator("aten.div.Tensor")]
    [Operator("aten.div.Scalar")]
    [Operator("aten.true_divide.Tensor")]
    private static Quantity Div(Call call) => call.Tensor("self") / call.Tensor("other");

    [Operator("aten.div.Tensor_mode", Fixed = ["self", "other"])]
    [Operator("aten.div.Scalar_mode", Fixed = ["self", "other"])]
    private static Quantity DivRounded(Call call)
    {
        var mode = call.Text("rounding_mode", "");
        if (mode.Length == 0) return Div(call);
        var rounding = string.Equals(mode, "floor", StringComparison.Ordinal) ? RoundingMode.floor : RoundingMode.trunc;
        return Quantity.Of(call.Tensor("self").Known("dividend").div(call.Tensor("other").Known("divisor"), rounding));
    }

    [Operator("aten.floor_divide", Fixed = ["self", "other"])]
    private static Quantity FloorDivide(Call call) =>
        Quantity.Of(call.Tensor("self").Known("dividend").div(call.Tensor("other").Known("divisor"), RoundingMode.floor));

    [Operator("aten.remainder.Scalar", Fixed = ["self", "other"])]
    [Operator("aten.remainder.Tensor", Fixed = ["self", "other"])]
    private static Quantity Remainder(Call call) =>
        Quantity.Of(call.Tensor("self").Known("dividend").remainder(call.Tensor("other").Known("divisor")));

    [Operator("aten.neg")]
    private static Quantity Neg(Call call) => call.Tensor("self").Data is { } data ? Quantity.Of(-data) : -1.0 * call.Tensor("self");

    [Operator("aten.pow.Tensor_Scalar")]
    [Operator("aten.pow.Tensor_Tensor")]
    [Operator("aten.pow.Scalar")]
    private static Quantity Pow(Call call)
    {
        var (x, y) = (call.Tensor("self"), call.Tensor("exponent"));
        return x.Data is { } a && y.Data is { } b ? Quantity.Of(a.pow(b)) : Powers.Of(x, y);
    }

    [Operator("aten.square")]
    private static Quantity Square(Call call) => call.Tensor("self") * call.Tensor("self");

    [Operator("aten.maximum")]
    private static Quantity Maximum(Call call) => Quantity.Maximum(call.Tensor("self"), call.Tensor("other"));

    [Operator("aten.minimum")]
    private static Quantity Minimum(Call call) => Quantity.Minimum(call.Tensor("self"), call.Tensor("other"));

    [Operator("aten.clamp", Fixed = ["min", "max"])]
    [Operator("aten.clamp_min", Fixed = ["min", "max"])]
    [Operator("aten.clamp_max", Fixed = ["min", "max"])]
    [Operator("aten.clamp.Tensor", Fixed = ["min", "max"])]
    private static Quantity Clamp(Call call)
    {
        var (low, high) = (call.Number("min", double.NegativeInfinity), call.Number("max", double.PositiveInfinity));
        return call.Tensor("self").Data is { } data ? Quantity.Of(data.clamp(low, high)) : call.Tensor("self").Map(x => x.Clip(low, high));
    }

    [Operator("aten.addcmul")]
    private static Quantity AddProduct(Call call) =>
        call.Tensor("self") + (call.Number("value", 1) * (call.Tensor("tensor1") * call.Tensor("tensor2")));

    [Operator("aten.addcdiv")]
    private static Quantity AddQuotient(Call call) =>
        call.Tensor("self") + (call.Number("value", 1) * (call.Tensor("tensor1") / call.Tensor("tensor2")));

    [Operator("aten.lerp.Scalar")]
    [Operator("aten.lerp.Tensor")]
    private static Quantity Lerp(Call call) =>
        call.Tensor("self") + (call.Tensor("weight") * (call.Tensor("end") - call.Tensor("self")));

    /// <summary>Arithmetic of sizes.</summary>
    [Operator("operator.add")]
    private static Quantity AddSizes(Call call) => call.Tensor("a") + call.Tensor("b");

    [Operator("operator.sub")]
    private static Quantity SubSizes(Call call) => call.Tensor("a") - call.Tensor("b");

    [Operator("operator.mul")]
    private static Quantity MulSizes(Call call) => call.Tensor("a") * call.Tensor("b");

    [Operator("operator.floordiv")]
    private static Quantity DivideSizes(Call call) =>
        Quantity.Of(call.Tensor("a").Known("size").div(call.Tensor("b").Known("size"), RoundingMode.floor));

    [Operator("operator.mod")]
    private static Quantity ModuloSizes(Call call) => Quantity.Of(call.Tensor("a").Known("size").remainder(call.Tensor("b").Known("size")));

    [Operator("operator.neg")]
    private static Quantity NegateSize(Call call) => Quantity.Of(-call.Tensor("a").Known("size"));

    private static Quantity Scaled(Call call)
    {
        var (other, alpha) = (call.Tensor("other"), call.Number("alpha", 1));
        return alpha == 1 ? other : alpha * other;
    }
}
