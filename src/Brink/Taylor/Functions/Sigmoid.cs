using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>1 / (1 + e^-x).</summary>
    public static Value Sigmoid(this Value x) => x.Apply(new Sigmoid());
}

/// <summary>1 / (1 + e^-x); with s = sigma(x) all derivatives are polynomials in s: f' = s (1 - s).</summary>
internal readonly record struct Sigmoid : IElementwise
{
    string IElementwise.Name => "sigmoid";

    bool IElementwise.ReadsArgument => false;

    bool IElementwise.ReadsValue => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => L.All(T.One) / (L.All(T.One) + Elementary<L, T>.Exp(-x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        var one = L.All(T.One);
        Derivatives<L> d = default;
        d.F1 = y * (one - y);
        d.F2 = d.F1 * (one - y - y);
        d.F3 = d.F1 * (one - (Elementary<L, T>.Of(6) * d.F1));
        d.F4 = d.F2 * (one - (Elementary<L, T>.Of(12) * d.F1));
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => x.sigmoid();
}
