using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>(x + epsilon)^(-1/2).</summary>
    public static Value InverseRoot(this Value x, double epsilon) => x.Apply(new InverseRoot(epsilon));
}

/// <summary>1 / sqrt(x + epsilon).</summary>
internal readonly record struct InverseRoot(double Epsilon) : IElementwise
{
    string IElementwise.Name => "inverse-root";

    bool IElementwise.ReadsArgument => false;

    bool IElementwise.ReadsValue => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => L.Sqrt(L.All(T.One) / (x + Elementary<L, T>.Of(Epsilon)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        var r = y * y;
        Derivatives<L> d = default;
        d.F1 = Elementary<L, T>.Of(-0.5) * r * y;
        d.F2 = Elementary<L, T>.Of(-1.5) * r * d.F1;
        d.F3 = Elementary<L, T>.Of(-2.5) * r * d.F2;
        d.F4 = Elementary<L, T>.Of(-3.5) * r * d.F3;
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => (x + Epsilon).rsqrt();
}
