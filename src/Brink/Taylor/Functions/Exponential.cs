using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>e^x.</summary>
    public static Value Exp(this Value x) => x.Apply(new Exponential());
}

/// <summary>e^x.</summary>
internal readonly record struct Exponential : IElementwise
{
    string IElementwise.Name => "exp";

    bool IElementwise.ReadsArgument => false;

    bool IElementwise.ReadsValue => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => Elementary<L, T>.Exp(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        Derivatives<L> d = default;
        d.F1 = d.F2 = d.F3 = d.F4 = y;
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => x.exp();
}
