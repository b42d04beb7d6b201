using Brink.Taylor;

namespace Brink.Graphs.Operators.Aten;

/// <summary>Elementwise functions of ATen.</summary>
[Operators(Vocabulary.Aten)]
internal static class Functions
{
    [Operator("aten.exp")]
    private static Quantity Exp(Call call) => call.Tensor("self").Map(x => x.Exp());

    [Operator("aten.expm1")]
    private static Quantity Expm1(Call call) => call.Tensor("self").Map(x => x.Expm1());

    [Operator("aten.log")]
    private static Quantity Log(Call call) => call.Tensor("self").Map(x => x.Log());

    [Operator("aten.log1p")]
    private static Quantity Log1p(Call call) => call.Tensor("self").Map(x => x.Log1p());

    [Operator("aten.sqrt")]
    private static Quantity Sqrt(Call call) => call.Tensor("self").Map(x => x.Sqrt());

    [Operator("aten.reciprocal")]
    private static Quantity Reciprocal(Call call) => call.Tensor("self").Map(x => x.Reciprocal());

    [Operator("aten.sin")]
    private static Quantity Sin(Call call) => call.Tensor("self").Map(x => x.Sin());

    [Operator("aten.cos")]
    private static Quantity Cos(Call call) => call.Tensor("self").Map(x => x.Cos());

    [Operator("aten.tan")]
    private static Quantity Tan(Call call) => call.Tensor("self").Map(x => x.Tan());

    [Operator("aten.asin")]
    private static Quantity Asin(Call call) => call.Tensor("self").Map(x => x.Asin());

    [Operator("aten.acos")]
    private static Quantity Acos(Call call) => call.Tensor("self").Map(x => x.Acos());

    [Operator("aten.atan")]
    private static Quantity Atan(Call call) => call.Tensor("self").Map(x => x.Atan());

    [Operator("aten.sinh")]
    private static Quantity Sinh(Call call) => call.Tensor("self").Map(x => x.Sinh());

    [Operator("aten.cosh")]
    private static Quantity Cosh(Call call) => call.Tensor("self").Map(x => x.Cosh());

    [Operator("aten.asinh")]
    private static Quantity Asinh(Call call) => call.Tensor("self").Map(x => x.Asinh());

    [Operator("aten.acosh")]
    private static Quantity Acosh(Call call) => call.Tensor("self").Map(x => x.Acosh());

    [Operator("aten.atanh")]
    private static Quantity Atanh(Call call) => call.Tensor("self").Map(x => x.Atanh());

    [Operator("aten.erf")]
    private static Quantity Erf(Call call) => call.Tensor("self").Map(x => x.Erf());

    [Operator("aten.sigmoid")]
    private static Quantity Sigmoid(Call call) => call.Tensor("self").Map(x => x.Sigmoid());

    [Operator("aten.tanh")]
    private static Quantity Tanh(Call call) => call.Tensor("self").Map(x => x.Tanh());

    [Operator("aten.softsign")]
    private static Quantity Softsign(Call call) => call.Tensor("self").Map(x => x.Softsign());

    [Operator("aten.hardswish")]
    private static Quantity HardSwish(Call call) => call.Tensor("self").Map(x => x.HardSwish());

    [Operator("aten.mish")]
    private static Quantity Mish(Call call) => call.Tensor("self").Map(x => x.Mish());

    [Operator("aten.silu")]
    private static Quantity Swish(Call call) => call.Tensor("self").Map(x => x.Swish());

    [Operator("aten.log_sigmoid")]
    private static Quantity LogSigmoid(Call call) => call.Tensor("self").Map(x => x.LogSigmoid());

    [Operator("aten.selu")]
    private static Quantity Selu(Call call) => call.Tensor("self").Map(x => x.Selu());

    [Operator("aten.rsqrt")]
    private static Quantity InverseRoot(Call call) => call.Tensor("self").Map(x => x.InverseRoot(0));

    [Operator("aten.abs")]
    private static Quantity Abs(Call call) =>
        call.Tensor("self").Data is { } data ? Quantity.Of(data.abs()) : call.Tensor("self").Map(x => x.Abs());

    [Operator("aten.relu")]
    private static Quantity Relu(Call call) =>
        call.Tensor("self").Data is { } data ? Quantity.Of(data.relu()) : call.Tensor("self").Map(x => x.Relu());

    [Operator("aten.relu6")]
    private static Quantity Relu6(Call call) => call.Tensor("self").Map(x => x.HardTanh(0, 6));

    [Operator("aten.hardtanh")]
    private static Quantity HardTanh(Call call) =>
        call.Tensor("self").Map(x => x.HardTanh(call.Number("min_val", -1), call.Number("max_val", 1)));

    [Operator("aten.hardsigmoid")]
    private static Quantity HardSigmoid(Call call) => call.Tensor("self").Map(x => x.HardSigmoid(1.0 / 6, 0.5));

    [Operator("aten.leaky_relu")]
    private static Quantity LeakyRelu(Call call) => call.Tensor("self").Map(x => x.LeakyRelu(call.Number("negative_slope", 0.01)));

    /// <summary>x where x is positive, otherwise x times a slope of its channel.</summary>
    [Operator("aten.prelu")]
    private static Quantity PRelu(Call call)
    {
        var (x, slope) = (call.Tensor("self"), call.Tensor("weight"));
        if (slope.Count > 1) slope = slope.Reshape([slope.Count, .. Enumerable.Repeat(1L, x.Rank - 2)]);
        return x.Rectified(slope);
    }

    [Operator("aten.elu")]
    private static Quantity Elu(Call call)
    {
        if (call.Number("scale", 1) != 1 || call.Number("input_scale", 1) != 1)
            throw new GraphException("a scaled elu is not supported; use selu");
        var alpha = call.Number("alpha", 1);
        return call.Tensor("self").Map(x => x.Elu(alpha));
    }

    [Operator("aten.celu")]
    private static Quantity Celu(Call call) => call.Tensor("self").Map(x => x.Celu(call.Number("alpha", 1)));

    [Operator("aten.softplus")]
    private static Quantity Softplus(Call call) =>
        call.Tensor("self").Map(x => x.Softplus(call.Number("beta", 1), call.Number("threshold", 20)));

    [Operator("aten.threshold")]
    private static Quantity Threshold(Call call)
    {
        var threshold = call.Number("threshold", 0);
        if (call.Number("value", 0) != 0) throw new GraphException("a threshold with another value than 0 is not supported");
        return call.Tensor("self").Map(x => x.ThresholdedRelu(threshold));
    }

    [Operator("aten.gelu")]
    private static Quantity Gelu(Call call) =>
        string.Equals(call.Text("approximate", "none"), "tanh", StringComparison.Ordinal)
            ? call.Tensor("self").Map(x => x.GeluTanh())
            : call.Tensor("self").Map(x => x.Gelu());

    [Operator("aten.dropout")]
    [Operator("aten.native_dropout")]
    [Operator("aten.feature_dropout")]
    [Operator("aten.alpha_dropout")]
    private static Quantity Dropout(Call call)
    {
        Dropouts.RefuseActive(call.Flag("train"), call.Number("p", 0));
        return call.Tensor("input");
    }
}
