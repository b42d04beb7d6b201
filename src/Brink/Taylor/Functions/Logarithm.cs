using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>The natural logarithm of x.</summary>
    public static Value Log(this Value x) => x.Apply(new Logarithm());
}

/// <summary>The natural logarithm.</summary>
internal readonly record struct Logarithm : IElementwise
{
    string IElementwise.Name => "log";

    bool IElementwise.ReadsArgument => true;

    bool IElementwise.ReadsValue => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => L.Log(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        var r = L.All(T.One) / x;
        Derivatives<L> d = default;
        d.F1 = r;
        d.F2 = -(r * r);
        d.F3 = Elementary<L, T>.Of(-2) * r * d.F2;
        d.F4 = Elementary<L, T>.Of(-3) * r * d.F3;
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => x.log();
}
