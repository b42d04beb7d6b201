using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>min(max(x, low), high); its derivative is 1 at the bounds and between them. A bound may be infinite.</summary>
    public static Value Clip(this Value x, double low, double high) => x.Apply(new Clip(low, high));
}

/// <summary>min(max(x, low), high); its derivative at the bounds counts as 1, as that of PyTorch's clamp.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Clip(double Low, double High) : IElementwise
{
    /// <summary>The function with the bounds -1 and 1.</summary>
    public Clip()
        : this(-1, 1)
    {
    }

    string IElementwise.Name => "clip";

    bool IElementwise.ReadsArgument => true;

    bool IElementwise.ReadsValue => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => Elementary<L, T>.Min(L.Max(x, Elementary<L, T>.Of(Low)), Elementary<L, T>.Of(High));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        var outside = L.Max(Elementary<L, T>.Of(Low) - x, x - Elementary<L, T>.Of(High));
        Derivatives<L> d = default;
        d.F1 = L.WherePositive(outside, default, L.All(T.One));
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => x.clamp(Low, High);
}
