using System.Numerics;
using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>x^p with a constant p; x may be negative where p is an integer.</summary>
    public static Value Power(this Value x, double p) => x.Apply(new Power(p));
}

/// <summary>x^p: the k-th derivative is p (p - 1) ... (p - k + 1) x^(p-k), and 0 everywhere where that factor is 0.</summary>
internal readonly record struct Power(double Exponent) : IElementwise
{
    /// <summary>The cube.</summary>
    public Power()
        : this(3)
    {
    }

    string IElementwise.Name => "power";

    bool IElementwise.ReadsArgument => true;

    bool IElementwise.ReadsValue => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => Elementary<L, T>.Power(x, Exponent);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        Derivatives<L> d = default;
        var factor = Exponent;
        d.F1 = Term<L, T>(x, factor, 1);
        if (order < 2) return d;
        factor *= Exponent - 1;
        d.F2 = Term<L, T>(x, factor, 2);
        if (order < 3) return d;
        factor *= Exponent - 2;
        d.F3 = Term<L, T>(x, factor, 3);
        factor *= Exponent - 3;
        d.F4 = Term<L, T>(x, factor, 4);
        return d;
    }

    /// <summary>A factor times x^(p-k); 0, and not 0 times infinity, where the factor is 0.</summary>
    private L Term<L, T>(L x, double factor, int k)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        factor is 0 ? default : Elementary<L, T>.Of(factor) * Elementary<L, T>.Power(x, Exponent - k);

    Tensor IElementwise.Torch(Tensor x) => x.pow(Exponent);
}
