using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>x for positive x, else slope x.</summary>
    public static Value LeakyRelu(this Value x, double slope = 0.01) => x.Apply(new LeakyRelu(slope));
}

/// <summary>x for positive x, else slope x; its derivative at 0 counts as the slope, as in PyTorch.</summary>
internal readonly record struct LeakyRelu(double Slope) : IElementwise
{
    /// <summary>The function with the slope that is usual.</summary>
    public LeakyRelu()
        : this(0.01)
    {
    }

    string IElementwise.Name => "leaky-relu";

    bool IElementwise.ReadsArgument => Slope < 0;

    bool IElementwise.ReadsValue => Slope >= 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => L.WherePositive(x, x, Elementary<L, T>.Of(Slope) * x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        // The value has the sign of x unless the slope is negative.
        Derivatives<L> d = default;
        d.F1 = L.WherePositive(Slope >= 0 ? y : x, L.All(T.One), Elementary<L, T>.Of(Slope));
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => nn.functional.leaky_relu(x, Slope);
}
