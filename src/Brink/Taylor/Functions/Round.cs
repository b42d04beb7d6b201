using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>The nearest integer, and of two integers the even one; its derivatives are 0.</summary>
    public static Value Round(this Value x) => x.Apply(new Round());
}

/// <summary>The nearest integer, and of two integers the even one; its derivatives count as 0.</summary>
internal readonly record struct Round : IElementwise
{
    string IElementwise.Name => "round";

    bool IElementwise.ReadsArgument => false;

    bool IElementwise.ReadsValue => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => Elementary<L, T>.Round(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order) => default;

    Tensor IElementwise.Torch(Tensor x) => x.round();
}
