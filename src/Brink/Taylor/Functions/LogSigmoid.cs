using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>log sigma(x) = -log(1 + e^-x).</summary>
    public static Value LogSigmoid(this Value x) => x.Apply(new LogSigmoid());
}

/// <summary>log sigma(x) = -log(1 + e^-x): f' = s = sigma(-x), and s' = -s (1 - s).</summary>
internal readonly record struct LogSigmoid : IElementwise
{
    string IElementwise.Name => "log-sigmoid";

    bool IElementwise.ReadsArgument => true;

    bool IElementwise.ReadsValue => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => Elementary<L, T>.Min(x, default) - Elementary<L, T>.LogOnePlus(Elementary<L, T>.Exp(-L.Abs(x)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        var one = L.All(T.One);
        var s = one / (one + Elementary<L, T>.Exp(x));
        Derivatives<L> d = default;
        d.F1 = s;
        d.F2 = -(s * (one - s));
        d.F3 = d.F2 * (s + s - one);
        d.F4 = d.F2 * (one + (Elementary<L, T>.Of(6) * d.F2));
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => nn.functional.logsigmoid(x);
}
