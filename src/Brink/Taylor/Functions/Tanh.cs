using System.Numerics;
using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>tanh(x).</summary>
    public static Value Tanh(this Value x) => x.Apply(new Tanh());
}

/// <summary>tanh; with t = tanh x all derivatives are polynomials in t: f' = 1 - t^2.</summary>
internal readonly record struct Tanh : IElementwise
{
    string IElementwise.Name => "tanh";

    bool IElementwise.ReadsArgument => false;

    bool IElementwise.ReadsValue => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => Elementary<L, T>.Tanh(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order) => Derivatives<L, T>(y, order);

    /// <summary>Computes the derivatives where tanh has the value t.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Derivatives<L> Derivatives<L, T>(L t, int order)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var s = L.All(T.One) - (t * t);
        Derivatives<L> d = default;
        d.F1 = s;
        if (order < 2) return d;
        var two = Elementary<L, T>.Of(2);
        d.F2 = -(two * t * s);
        d.F3 = s * ((Elementary<L, T>.Of(6) * t * t) - two);
        d.F4 = s * t * (Elementary<L, T>.Of(16) - (Elementary<L, T>.Of(24) * t * t));
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => x.tanh();
}
