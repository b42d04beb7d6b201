using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>The error function, 2/sqrt(pi) times the integral of e^(-t^2) from 0 to x.</summary>
    public static Value Erf(this Value x) => x.Apply(new Erf());
}

/// <summary>The error function: f' = 2/sqrt(pi) e^(-x^2), and f'' = -2 x f'.</summary>
internal readonly record struct Erf : IElementwise
{
    string IElementwise.Name => "erf";

    bool IElementwise.ReadsArgument => true;

    bool IElementwise.ReadsValue => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => Elementary<L, T>.ErrorFunction(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        // Beyond 40 all derivatives are 0 in either precision, and x^2 must stay finite.
        x = L.Max(Elementary<L, T>.Of(-40), Elementary<L, T>.Min(Elementary<L, T>.Of(40), x));
        var x2 = x * x;
        Derivatives<L> d = default;
        d.F1 = Elementary<L, T>.Of(2 / Math.Sqrt(Math.PI)) * Elementary<L, T>.Exp(-x2);
        d.F2 = Elementary<L, T>.Of(-2) * x * d.F1;
        d.F3 = ((Elementary<L, T>.Of(4) * x2) - Elementary<L, T>.Of(2)) * d.F1;
        d.F4 = x * (Elementary<L, T>.Of(12) - (Elementary<L, T>.Of(8) * x2)) * d.F1;
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => x.erf();
}
