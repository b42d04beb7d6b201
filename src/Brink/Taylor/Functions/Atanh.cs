using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>The inverse hyperbolic tangent of each element; NaN outside of [-1,1].</summary>
    public static Value Atanh(this Value x) => x.Apply(new Atanh());
}

/// <summary>The inverse of tanh: f' = r = 1/(1 - x^2); with u = x r, f'' = 2 u r.</summary>
internal readonly record struct Atanh : IElementwise
{
    string IElementwise.Name => "atanh";

    bool IElementwise.ReadsArgument => true;

    bool IElementwise.ReadsValue => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => Elementary<L, T>.Each(x, default, static (number, _) => T.Atanh(number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        var one = L.All(T.One);
        var r = one / ((one - x) * (one + x));
        var (r2, u) = (r * r, x * r);
        var u2 = u * u;
        Derivatives<L> d = default;
        d.F1 = r;
        d.F2 = (u + u) * r;
        d.F3 = r * ((Elementary<L, T>.Of(6) * u2) + (r2 + r2));
        d.F4 = Elementary<L, T>.Of(24) * u * r * (r2 + u2);
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => x.atanh();
}
