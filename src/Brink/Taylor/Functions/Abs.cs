using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>|x|; its derivative at 0 counts as 0.</summary>
    public static Value Abs(this Value x) => x.Apply(new Abs());
}

/// <summary>|x|; its derivative at 0 counts as 0, as in PyTorch.</summary>
internal readonly record struct Abs : IElementwise
{
    string IElementwise.Name => "abs";

    bool IElementwise.ReadsArgument => true;

    bool IElementwise.ReadsValue => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => L.Abs(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        Derivatives<L> d = default;
        d.F1 = Elementary<L, T>.Sign(x);
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => x.abs();
}
