using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>The arc tangent of each element, in radians.</summary>
    public static Value Atan(this Value x) => x.Apply(new Atan());
}

/// <summary>The arc tangent: f' = r = 1/(1 + x^2); with u = x r, which stays finite for large x, f'' = -2 u r.</summary>
internal readonly record struct Atan : IElementwise
{
    string IElementwise.Name => "atan";

    bool IElementwise.ReadsArgument => true;

    bool IElementwise.ReadsValue => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => Elementary<L, T>.Each(x, default, static (number, _) => T.Atan(number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        var r = L.All(T.One) / L.Fma(x, x, L.All(T.One));
        var (r2, u) = (r * r, x * r);
        var u2 = u * u;
        Derivatives<L> d = default;
        d.F1 = r;
        d.F2 = Elementary<L, T>.Of(-2) * u * r;
        d.F3 = r * ((Elementary<L, T>.Of(6) * u2) - (r2 + r2));
        d.F4 = Elementary<L, T>.Of(24) * u * r * (r2 - u2);
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => x.atan();
}
