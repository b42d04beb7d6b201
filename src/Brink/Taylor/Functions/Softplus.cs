using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>log(1 + e^x).</summary>
    public static Value Softplus(this Value x) => x.Apply(new Softplus());
}

/// <summary>log(1 + e^x).</summary>
internal readonly record struct Softplus : IElementwise
{
    string IElementwise.Name => "softplus";

    bool IElementwise.ReadsArgument => true;

    bool IElementwise.ReadsValue => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => L.Max(x, default) + Elementary<L, T>.LogOnePlus(Elementary<L, T>.Exp(-L.Abs(x)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        var one = L.All(T.One);
        var s = one / (one + Elementary<L, T>.Exp(-x));
        Derivatives<L> d = default;
        d.F1 = s;
        d.F2 = s * (one - s);
        d.F3 = d.F2 * (one - s - s);
        d.F4 = d.F2 * (one - (Elementary<L, T>.Of(6) * d.F2));
        return d;
    }

    // Above 40, softplus(x) is x to the last bit; libtorch's own threshold of 20 is too low for that.
    Tensor IElementwise.Torch(Tensor x) => nn.functional.softplus(x, threshold: 40);
}
