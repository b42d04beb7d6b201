using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>The sine of each element, an angle in radians.</summary>
    public static Value Sin(this Value x) => x.Apply(new Sin());
}

/// <summary>The sine.</summary>
internal readonly record struct Sin : IElementwise
{
    string IElementwise.Name => "sin";

    bool IElementwise.ReadsArgument => true;

    bool IElementwise.ReadsValue => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => Elementary<L, T>.SinCos(x).Sin;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        var (sin, cos) = Elementary<L, T>.SinCos(x);
        Derivatives<L> d = default;
        d.F1 = cos;
        d.F2 = -sin;
        d.F3 = -cos;
        d.F4 = sin;
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => x.sin();
}
