using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>e^x - 1, accurate near 0.</summary>
    public static Value Expm1(this Value x) => x.Apply(new Expm1());
}

/// <summary>e^x - 1, accurate near 0.</summary>
internal readonly record struct Expm1 : IElementwise
{
    string IElementwise.Name => "expm1";

    bool IElementwise.ReadsArgument => false;

    bool IElementwise.ReadsValue => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x)
    {
        var half = Elementary<L, T>.Of(0.5);
        var near = Elementary<L, T>.ExpMinusOne(Elementary<L, T>.Min(x, half));
        return L.WherePositive(x - half, Elementary<L, T>.Exp(x) - L.All(T.One), near);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        Derivatives<L> d = default;
        d.F1 = d.F2 = d.F3 = d.F4 = y + L.All(T.One);
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => x.expm1();
}
