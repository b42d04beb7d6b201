using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>x where x is above alpha, else 0.</summary>
    public static Value ThresholdedRelu(this Value x, double alpha = 1) => x.Apply(new ThresholdedRelu(alpha));
}

/// <summary>x where x is above alpha, else 0; its derivative at alpha counts as 0.</summary>
internal readonly record struct ThresholdedRelu(double Alpha) : IElementwise
{
    /// <summary>The function with the threshold 1.</summary>
    public ThresholdedRelu()
        : this(1)
    {
    }

    string IElementwise.Name => "thresholded-relu";

    bool IElementwise.ReadsArgument => true;

    bool IElementwise.ReadsValue => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => L.WherePositive(x - Elementary<L, T>.Of(Alpha), x, default);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        Derivatives<L> d = default;
        d.F1 = L.WherePositive(x - Elementary<L, T>.Of(Alpha), L.All(T.One), default);
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => where(x > Alpha, x, zeros_like(x));
}
