using Brink.Taylor;

namespace Brink.Graphs.Operators.Onnx;

/// <summary>Elementwise functions of ONNX.</summary>
[Operators(Vocabulary.Onnx)]
internal static class Functions
{
    [Operator("Abs")]
    private static Quantity Abs(Call call) => call.Input(0).Data is { } data ? Quantity.Of(data.abs()) : call.Input(0).Map(x => x.Abs());

    [Operator("Exp")]
    private static Quantity Exp(Call call) => call.Input(0).Map(x => x.Exp());

    [Operator("Log")]
    private static Quantity Log(Call call) => call.Input(0).Map(x => x.Log());

    [Operator("Sqrt")]
    private static Quantity Sqrt(Call call) => call.Input(0).Map(x => x.Sqrt());

    [Operator("Reciprocal")]
    private static Quantity Reciprocal(Call call) => call.Input(0).Map(x => x.Reciprocal());

    [Operator("Sin")]
    private static Quantity Sin(Call call) => call.Input(0).Map(x => x.Sin());

    [Operator("Cos")]
    private static Quantity Cos(Call call) => call.Input(0).Map(x => x.Cos());

    [Operator("Tan")]
    private static Quantity Tan(Call call) => call.Input(0).Map(x => x.Tan());

    [Operator("Atan")]
    private static Quantity Atan(Call call) => call.Input(0).Map(x => x.Atan());

    [Operator("Asin")]
    private static Quantity Asin(Call call) => call.Input(0).Map(x => x.Asin());

    [Operator("Acos")]
    private static Quantity Acos(Call call) => call.Input(0).Map(x => x.Acos());

    [Operator("Sinh")]
    private static Quantity Sinh(Call call) => call.Input(0).Map(x => x.Sinh());

    [Operator("Cosh")]
    private static Quantity Cosh(Call call) => call.Input(0).Map(x => x.Cosh());

    [Operator("Asinh")]
    private static Quantity Asinh(Call call) => call.Input(0).Map(x => x.Asinh());

    [Operator("Acosh")]
    private static Quantity Acosh(Call call) => call.Input(0).Map(x => x.Acosh());

    [Operator("Atanh")]
    private static Quantity Atanh(Call call) => call.Input(0).Map(x => x.Atanh());

    [Operator("Erf")]
    private static Quantity Erf(Call call) => call.Input(0).Map(x => x.Erf());

    [Operator("Sigmoid")]
    private static Quantity Sigmoid(Call call) => call.Input(0).Map(x => x.Sigmoid());

    [Operator("Tanh")]
    private static Quantity Tanh(Call call) => call.Input(0).Map(x => x.Tanh());

    [Operator("Relu")]
    private static Quantity Relu(Call call) => call.Input(0).Data is { } data ? Quantity.Of(data.relu()) : call.Input(0).Map(x => x.Relu());

    [Operator("LeakyRelu")]
    private static Quantity LeakyRelu(Call call) => call.Input(0).Map(x => x.LeakyRelu(call.Number("alpha", 0.01)));

    /// <summary>x where x is positive, otherwise x times a slope, which may depend on the parameters.</summary>
    [Operator("PRelu")]
    private static Quantity PRelu(Call call) => call.Input(0).Rectified(call.Input(1));

    [Operator("Elu")]
    private static Quantity Elu(Call call) => call.Input(0).Map(x => x.Elu(call.Number("alpha", 1)));

    [Operator("Celu")]
    private static Quantity Celu(Call call) => call.Input(0).Map(x => x.Celu(call.Number("alpha", 1)));

    [Operator("Selu")]
    private static Quantity Selu(Call call) =>
        call.Input(0).Map(x => x.Selu(call.Number("alpha", 1.6732632423543772), call.Number("gamma", 1.0507009873554805)));

    [Operator("Softplus")]
    private static Quantity Softplus(Call call) => call.Input(0).Map(x => x.Softplus());

    [Operator("Softsign")]
    private static Quantity Softsign(Call call) => call.Input(0).Map(x => x.Softsign());

    [Operator("HardSigmoid")]
    private static Quantity HardSigmoid(Call call) =>
        call.Input(0).Map(x => x.HardSigmoid(call.Number("alpha", 0.2), call.Number("beta", 0.5)));

    [Operator("HardSwish")]
    private static Quantity HardSwish(Call call) => call.Input(0).Map(x => x.HardSwish());

    [Operator("Mish")]
    private static Quantity Mish(Call call) => call.Input(0).Map(x => x.Mish());

    [Operator("Gelu")]
    private static Quantity Gelu(Call call) =>
        string.Equals(call.Text("approximate", "none"), "tanh", StringComparison.Ordinal)
            ? call.Input(0).Map(x => x.GeluTanh())
            : call.Input(0).Map(x => x.Gelu());

    [Operator("ThresholdedRelu")]
    private static Quantity ThresholdedRelu(Call call) => call.Input(0).Map(x => x.ThresholdedRelu(call.Number("alpha", 1)));

    /// <summary>x sigmoid(alpha x).</summary>
    [Operator("Swish")]
    private static Quantity Swish(Call call)
    {
        var alpha = call.Number("alpha", 1);
        return call.Input(0).Map(x => alpha == 1 ? x.Swish() : x.QuickGelu(alpha));
    }

    /// <summary>Moves numbers by a bias toward 0, and replaces those nearer than lambda to it by 0.</summary>
    [Operator("Shrink")]
    private static Quantity Shrink(Call call)
    {
        var (bias, lambda) = (call.Number("bias", 0), call.Number("lambd", 0.5));
        var x = call.Input(0);
        return Far(x) - Far(-1.0 * x);

        // y - bias where y exceeds lambda, otherwise 0: the sum of y where it does, and of a constant there.
        Quantity Far(Quantity y) => y.Map(value => value.ThresholdedRelu(lambda))
            - (bias * ((y + -lambda).Map(value => value.Sign()).Map(value => value.Relu())));
    }

    [Operator("Identity")]
    private static Quantity Identity(Call call) => call.Input(0);

    /// <summary>Dropout in inference mode: the identity.</summary>
    [Operator("Dropout", Fixed = [1, 2])]
    private static Quantity[] Dropout(Call call)
    {
        var isTraining = call.Optional(2)?.Known("training mode").to(ScalarType.Bool).item<bool>() == true;
        if (isTraining) Dropouts.RefuseActive(isTraining, call.Optional(1)?.Known("ratio").to(ScalarType.Float64).item<double>() ?? 0.5);
        return [call.Input(0), Quantity.Of(ones(call.Input(0).Shape, dtype: ScalarType.Bool))];
    }
}
