using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>The hyperbolic cosine of each element.</summary>
    public static Value Cosh(this Value x) => x.Apply(new Cosh());
}

/// <summary>The hyperbolic cosine.</summary>
internal readonly record struct Cosh : IElementwise
{
    string IElementwise.Name => "cosh";

    bool IElementwise.ReadsArgument => true;

    bool IElementwise.ReadsValue => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => Elementary<L, T>.Cosh(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        Derivatives<L> d = default;
        d.F1 = d.F3 = Elementary<L, T>.Sinh(x);
        d.F2 = d.F4 = y;
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => x.cosh();
}
