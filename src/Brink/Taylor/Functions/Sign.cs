using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>The sign: 1, -1 or 0; its derivatives are 0.</summary>
    public static Value Sign(this Value x) => x.Apply(new Sign());
}

/// <summary>1 for positive x, -1 for negative x, else 0; its derivatives count as 0.</summary>
internal readonly record struct Sign : IElementwise
{
    string IElementwise.Name => "sign";

    bool IElementwise.ReadsArgument => false;

    bool IElementwise.ReadsValue => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => Elementary<L, T>.Sign(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order) => default;

    Tensor IElementwise.Torch(Tensor x) => x.sign();
}
