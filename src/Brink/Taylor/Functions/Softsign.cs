using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>x / (1 + |x|).</summary>
    public static Value Softsign(this Value x) => x.Apply(new Softsign());
}

/// <summary>x / (1 + |x|): f' = (1 + |x|)^-2; the second and the fourth derivative at 0 count as 0.</summary>
internal readonly record struct Softsign : IElementwise
{
    string IElementwise.Name => "softsign";

    bool IElementwise.ReadsArgument => true;

    bool IElementwise.ReadsValue => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => x / (L.All(T.One) + L.Abs(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        var r = L.All(T.One) / (L.All(T.One) + L.Abs(x));
        var signed = Elementary<L, T>.Sign(x) * r;
        Derivatives<L> d = default;
        d.F1 = r * r;
        d.F2 = Elementary<L, T>.Of(-2) * signed * d.F1;
        d.F3 = Elementary<L, T>.Of(6) * d.F1 * d.F1;
        d.F4 = Elementary<L, T>.Of(-4) * signed * d.F3;
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => x / (1 + x.abs());
}
