using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>x Phi(x).</summary>
    public static Value Gelu(this Value x) => x.Apply(new Gelu());
}

/// <summary>x Phi(x), the exact GELU: f' = Phi + x phi, and phi' = -x phi.</summary>
internal readonly record struct Gelu : IElementwise
{
    string IElementwise.Name => "gelu";

    bool IElementwise.ReadsArgument => true;

    bool IElementwise.ReadsValue => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) =>
        x * Elementary<L, T>.Of(0.5) * Elementary<L, T>.ErrorFunctionComplement(-(x * Elementary<L, T>.Of(Math.Sqrt(0.5))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        var x2 = x * x;
        var density = Elementary<L, T>.Of(1 / Math.Sqrt(2 * Math.PI)) * Elementary<L, T>.Exp(-(Elementary<L, T>.Of(0.5) * x2));
        Derivatives<L> d = default;
        d.F1 = L.Fma(x, density, Gate<L, T>.Of(x, y));
        d.F2 = density * (Elementary<L, T>.Of(2) - x2);
        d.F3 = density * x * (x2 - Elementary<L, T>.Of(4));
        d.F4 = density * ((x2 * (Elementary<L, T>.Of(7) - x2)) - Elementary<L, T>.Of(4));
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => nn.functional.gelu(x);
}
