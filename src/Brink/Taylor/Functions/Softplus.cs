using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>log(1 + e^(beta x)) / beta, and x where beta x exceeds the threshold, which PyTorch sets to 20.</summary>
    public static Value Softplus(this Value x, double beta = 1, double threshold = double.PositiveInfinity) =>
        x.Apply(new Softplus(beta, threshold));
}

/// <summary>log(1 + e^(beta x)) / beta, and x where beta x exceeds the threshold.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Softplus(double Beta, double Threshold) : IElementwise
{
    /// <summary>log(1 + e^x) for every x.</summary>
    public Softplus()
        : this(1, double.PositiveInfinity)
    {
    }

    string IElementwise.Name => "softplus";

    bool IElementwise.ReadsArgument => true;

    bool IElementwise.ReadsValue => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x)
    {
        var z = Elementary<L, T>.Of(Beta) * x;
        var smooth = L.Max(z, default) + Elementary<L, T>.LogOnePlus(Elementary<L, T>.Exp(-L.Abs(z)));
        return L.WherePositive(z - Elementary<L, T>.Of(Threshold), x, Elementary<L, T>.Of(1 / Beta) * smooth);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        var one = L.All(T.One);
        var beta = Elementary<L, T>.Of(Beta);
        var z = beta * x;
        var s = L.WherePositive(z - Elementary<L, T>.Of(Threshold), one, one / (one + Elementary<L, T>.Exp(-z)));
        var s1 = s * (one - s);
        Derivatives<L> d = default;
        d.F1 = s;
        d.F2 = beta * s1;
        d.F3 = beta * d.F2 * (one - s - s);
        d.F4 = beta * beta * d.F2 * (one - (Elementary<L, T>.Of(6) * s1));
        return d;
    }

    // Above 40, softplus(x) is x to the last bit; libtorch's own threshold of 20 is too low for that.
    Tensor IElementwise.Torch(Tensor x) => nn.functional.softplus(x, Beta, Math.Min(Threshold, 40));
}
