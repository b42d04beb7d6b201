using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>The tangent of each element, an angle in radians.</summary>
    public static Value Tan(this Value x) => x.Apply(new Tan());
}

/// <summary>The tangent; with t = tan x all derivatives are polynomials in t: f' = 1 + t^2.</summary>
internal readonly record struct Tan : IElementwise
{
    string IElementwise.Name => "tan";

    bool IElementwise.ReadsArgument => false;

    bool IElementwise.ReadsValue => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x)
    {
        var (sin, cos) = Elementary<L, T>.SinCos(x);
        return sin / cos;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        var (s, t2) = (L.Fma(y, y, L.All(T.One)), y * y);
        Derivatives<L> d = default;
        d.F1 = s;
        d.F2 = (y + y) * s;
        d.F3 = s * L.Fma(Elementary<L, T>.Of(6), t2, Elementary<L, T>.Of(2));
        d.F4 = s * y * L.Fma(Elementary<L, T>.Of(24), t2, Elementary<L, T>.Of(16));
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => x.tan();
}
