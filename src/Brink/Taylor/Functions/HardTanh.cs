using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>min(max(x, low), high); its derivative is 0 at the bounds and beyond. ReLU6 has the bounds 0 and 6.</summary>
    public static Value HardTanh(this Value x, double low = -1, double high = 1) => x.Apply(new HardTanh(low, high));
}

/// <summary>min(max(x, low), high); its derivative at the bounds counts as 0, as in PyTorch.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct HardTanh(double Low, double High) : IElementwise
{
    /// <summary>The function with the bounds -1 and 1.</summary>
    public HardTanh()
        : this(-1, 1)
    {
    }

    string IElementwise.Name => "hard-tanh";

    bool IElementwise.ReadsArgument => false;

    bool IElementwise.ReadsValue => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => Elementary<L, T>.Min(L.Max(x, Elementary<L, T>.Of(Low)), Elementary<L, T>.Of(High));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        var inside = Elementary<L, T>.Min(y - Elementary<L, T>.Of(Low), Elementary<L, T>.Of(High) - y);
        Derivatives<L> d = default;
        d.F1 = L.WherePositive(inside, L.All(T.One), default);
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => Torch(x, Low, High);

    /// <summary>Computes the function by libtorch's operators, whose own clamp has the derivative 1 at the bounds.</summary>
    public static Tensor Torch(Tensor x, double low, double high) =>
        where((x > low).logical_and(x < high), x, x.detach().clamp(low, high));
}
