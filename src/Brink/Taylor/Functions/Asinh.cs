using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>The inverse hyperbolic sine of each element.</summary>
    public static Value Asinh(this Value x) => x.Apply(new Asinh());
}

/// <summary>The inverse of sinh: f' = (1 + x^2)^(-1/2); with r = f'^2 and u = x r, which stays finite for large x, f'' = -u f'.</summary>
internal readonly record struct Asinh : IElementwise
{
    string IElementwise.Name => "asinh";

    bool IElementwise.ReadsArgument => true;

    bool IElementwise.ReadsValue => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => Elementary<L, T>.Each(x, default, static (number, _) => T.Asinh(number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        var r = L.All(T.One) / L.Fma(x, x, L.All(T.One));
        var (r2, u) = (r * r, x * r);
        var u2 = u * u;
        Derivatives<L> d = default;
        d.F1 = L.Sqrt(r);
        d.F2 = -(u * d.F1);
        d.F3 = ((u2 + u2) - r2) * d.F1;
        d.F4 = u * ((Elementary<L, T>.Of(9) * r2) - (Elementary<L, T>.Of(6) * u2)) * d.F1;
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => x.asinh();
}
