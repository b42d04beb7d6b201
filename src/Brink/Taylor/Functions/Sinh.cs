using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>The hyperbolic sine of each element.</summary>
    public static Value Sinh(this Value x) => x.Apply(new Sinh());
}

/// <summary>The hyperbolic sine.</summary>
internal readonly record struct Sinh : IElementwise
{
    string IElementwise.Name => "sinh";

    bool IElementwise.ReadsArgument => true;

    bool IElementwise.ReadsValue => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => Elementary<L, T>.Sinh(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        Derivatives<L> d = default;
        d.F1 = d.F3 = Elementary<L, T>.Cosh(x);
        d.F2 = d.F4 = y;
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => x.sinh();
}
