using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>1 / x.</summary>
    public static Value Reciprocal(this Value x) => x.Apply(new Reciprocal());
}

/// <summary>1 / x.</summary>
internal readonly record struct Reciprocal : IElementwise
{
    string IElementwise.Name => "reciprocal";

    bool IElementwise.ReadsArgument => false;

    bool IElementwise.ReadsValue => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => L.All(T.One) / x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        Derivatives<L> d = default;
        d.F1 = -(y * y);
        d.F2 = Elementary<L, T>.Of(-2) * y * d.F1;
        d.F3 = Elementary<L, T>.Of(-3) * y * d.F2;
        d.F4 = Elementary<L, T>.Of(-4) * y * d.F3;
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => x.reciprocal();
}
