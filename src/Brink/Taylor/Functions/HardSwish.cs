using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>x min(max(x + 3, 0), 6) / 6.</summary>
    public static Value HardSwish(this Value x) => x.Apply(new HardSwish());
}

/// <summary>x min(max(x + 3, 0), 6) / 6; its derivative at -3 counts as 0 and at 3 as 1, as in PyTorch.</summary>
internal readonly record struct HardSwish : IElementwise
{
    string IElementwise.Name => "hard-swish";

    bool IElementwise.ReadsArgument => true;

    bool IElementwise.ReadsValue => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x)
    {
        var six = Elementary<L, T>.Of(6);
        return x * (Elementary<L, T>.Min(L.Max(x + Elementary<L, T>.Of(3), default), six) / six);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        var inside = Elementary<L, T>.Of(3) - L.Abs(x);
        Derivatives<L> d = default;
        d.F1 = L.WherePositive(inside, (x / Elementary<L, T>.Of(3)) + Elementary<L, T>.Of(0.5), L.WherePositive(x, L.All(T.One), default));
        d.F2 = L.WherePositive(inside, Elementary<L, T>.Of(1.0 / 3), default);
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => nn.functional.hardswish(x);
}
