using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>The largest integer that is not above x; its derivatives are 0.</summary>
    public static Value Floor(this Value x) => x.Apply(new Floor());
}

/// <summary>The largest integer that is not above x; its derivatives count as 0.</summary>
internal readonly record struct Floor : IElementwise
{
    string IElementwise.Name => "floor";

    bool IElementwise.ReadsArgument => false;

    bool IElementwise.ReadsValue => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => Elementary<L, T>.Floor(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order) => default;

    Tensor IElementwise.Torch(Tensor x) => x.floor();
}
