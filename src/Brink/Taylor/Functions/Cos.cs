using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>The cosine of each element, an angle in radians.</summary>
    public static Value Cos(this Value x) => x.Apply(new Cos());
}

/// <summary>The cosine.</summary>
internal readonly record struct Cos : IElementwise
{
    string IElementwise.Name => "cos";

    bool IElementwise.ReadsArgument => true;

    bool IElementwise.ReadsValue => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => Elementary<L, T>.SinCos(x).Cos;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        var (sin, cos) = Elementary<L, T>.SinCos(x);
        Derivatives<L> d = default;
        d.F1 = -sin;
        d.F2 = -cos;
        d.F3 = sin;
        d.F4 = cos;
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => x.cos();
}
