using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>The square root; its derivatives at 0 are infinite.</summary>
    public static Value Sqrt(this Value x) => x.Apply(new Sqrt());
}

/// <summary>The square root.</summary>
internal readonly record struct Sqrt : IElementwise
{
    string IElementwise.Name => "sqrt";

    bool IElementwise.ReadsArgument => false;

    bool IElementwise.ReadsValue => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => L.Sqrt(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        var r = L.All(T.One) / y;
        var r2 = r * r;
        Derivatives<L> d = default;
        d.F1 = Elementary<L, T>.Of(0.5) * r;
        d.F2 = Elementary<L, T>.Of(-0.5) * r2 * d.F1;
        d.F3 = Elementary<L, T>.Of(-1.5) * r2 * d.F2;
        d.F4 = Elementary<L, T>.Of(-2.5) * r2 * d.F3;
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => x.sqrt();
}
