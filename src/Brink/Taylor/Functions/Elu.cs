using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>x for positive x, otherwise e^x - 1.</summary>
    public static Value Elu(this Value x) => x.Apply(new Elu());
}

/// <summary>x for positive x, else e^x - 1.</summary>
internal readonly record struct Elu : IElementwise
{
    string IElementwise.Name => "elu";

    bool IElementwise.ReadsArgument => true;

    bool IElementwise.ReadsValue => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => L.WherePositive(x, x, Elementary<L, T>.ExpMinusOne(-L.Max(-x, default)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        var e = Elementary<L, T>.Exp(-L.Max(-x, default));
        Derivatives<L> d = default;
        d.F1 = L.WherePositive(x, L.All(T.One), e);
        d.F2 = d.F3 = d.F4 = L.WherePositive(x, default, e);
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => nn.functional.elu(x, alpha: 1.0);
}
