using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>The smallest integer that is not below x; its derivatives are 0.</summary>
    public static Value Ceiling(this Value x) => x.Apply(new Ceiling());
}

/// <summary>The smallest integer that is not below x; its derivatives count as 0.</summary>
internal readonly record struct Ceiling : IElementwise
{
    string IElementwise.Name => "ceiling";

    bool IElementwise.ReadsArgument => false;

    bool IElementwise.ReadsValue => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => -Elementary<L, T>.Floor(-x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order) => default;

    Tensor IElementwise.Torch(Tensor x) => x.ceil();
}
