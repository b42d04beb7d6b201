using Brink.Taylor;

namespace Brink.Graphs.Operators;

/// <summary>Powers whose base or exponent depends on the parameters.</summary>
internal static class Powers
{
    /// <summary>x^y, broadcast.</summary>
    public static Quantity Of(Quantity x, Quantity y)
    {
        if (y.Data is { } exponents)
        {
            var shape = Quantity.BroadcastShape(x.Shape, y.Shape);
            var values = exponents.to(ScalarType.Float64).contiguous().flatten().data<double>().ToArray();
            if (values.Distinct().Count() == 1) return Of(x.Expand(shape), values[0]);
        }
        // x^y = e^(y log x), for positive x.
        return (y * x.Map(value => value.Log())).Map(value => value.Exp());
    }

    /// <summary>x^p.</summary>
    public static Quantity Of(Quantity x, double p) => p switch
    {
        1 => x,
        2 => x * x,
        -1 => x.Map(value => value.Reciprocal()),
        0.5 => x.Map(value => value.Sqrt()),
        -0.5 => x.Map(value => value.InverseRoot(0)),
        _ => x.Map(value => value.Power(p)),
    };
}
