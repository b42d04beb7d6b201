using Brink.Taylor;

namespace Brink.Graphs.Operators.Onnx;

/// <summary>Arithmetic of ONNX, broadcast as NumPy does.</summary>
[Operators(Vocabulary.Onnx)]
internal static class Arithmetic
{
    [Operator("Add")]
    private static Quantity Add(Call call) => call.Input(0) + call.Input(1);

    [Operator("Sub")]
    private static Quantity Sub(Call call) => call.Input(0) - call.Input(1);

    [Operator("Mul")]
    private static Quantity Mul(Call call) => call.Input(0) * call.Input(1);

    [Operator("Div")]
    private static Quantity Div(Call call)
    {
        var (x, y) = (call.Input(0), call.Input(1));
        // Of integers the quotient is truncated.
        return x.Data is { } a && y.Data is { } b && !a.is_floating_point() && !b.is_floating_point()
            ? Quantity.Of(a.div(b, RoundingMode.trunc))
            : x / y;
    }

    [Operator("Neg")]
    private static Quantity Neg(Call call) => call.Input(0).Data is { } data ? Quantity.Of(-data) : -1.0 * call.Input(0);

    [Operator("Sum")]
    private static Quantity Sum(Call call) => call.From(0).Aggregate((x, y) => x + y);

    [Operator("Mean")]
    private static Quantity Mean(Call call) => 1.0 / call.Count * call.From(0).Aggregate((x, y) => x + y);

    [Operator("Max")]
    private static Quantity Max(Call call) => call.From(0).Aggregate(Quantity.Maximum);

    [Operator("Min")]
    private static Quantity Min(Call call) => call.From(0).Aggregate(Quantity.Minimum);

    [Operator("Mod", Fixed = [1])]
    private static Quantity Mod(Call call)
    {
        var (x, y) = (call.Input(0), call.Input(1).Known("divisor"));
        // fmod has the sign of the dividend, the other that of the divisor.
        if (x.Data is { } data) return Quantity.Of(call.Flag("fmod") ? data.fmod(y) : data.remainder(y));
        var quotient = x / call.Input(1);
        var whole = call.Flag("fmod")
            ? quotient.Map(value => value.Sign()) * quotient.Map(value => value.Abs()).Map(value => value.Floor())
            : quotient.Map(value => value.Floor());
        return x - (whole * call.Input(1));
    }

    [Operator("Pow")]
    private static Quantity Pow(Call call)
    {
        var (x, y) = (call.Input(0), call.Input(1));
        if (x.Data is { } a && y.Data is { } b) return Quantity.Of(a.pow(b).to(a.dtype));
        if (x.Data is { } whole && !whole.is_floating_point())
            throw new GraphException("the power of an integer has no derivative; convert the base to a floating-point type");
        return Powers.Of(x, y);
    }

    [Operator("Clip", Fixed = [1, 2])]
    private static Quantity Clip(Call call)
    {
        var (low, high) = (call.Optional(1)?.Known("lower bound"), call.Optional(2)?.Known("upper bound"));
        if (call.Input(0).Data is { } data)
        {
            if (low is not null) data = data.maximum(low.reshape());
            return Quantity.Of(high is null ? data : data.minimum(high.reshape()));
        }
        var (least, greatest) = (Number(low, double.NegativeInfinity), Number(high, double.PositiveInfinity));
        return call.Input(0).Map(x => x.Clip(least, greatest));

        static double Number(Tensor? bound, double otherwise) => bound?.to(ScalarType.Float64).item<double>() ?? otherwise;
    }

    [Operator("Where", Fixed = [0])]
    private static Quantity Where(Call call) => Quantity.Where(call.Input(0).Known("condition"), call.Input(1), call.Input(2));
}
