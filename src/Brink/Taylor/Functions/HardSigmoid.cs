using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>min(max(alpha x + beta, 0), 1). PyTorch has alpha = 1/6, and ONNX by default 0.2.</summary>
    public static Value HardSigmoid(this Value x, double alpha = 1.0 / 6, double beta = 0.5) => x.Apply(new HardSigmoid(alpha, beta));
}

/// <summary>min(max(alpha x + beta, 0), 1); its derivative counts as 0 where the value is 0 or 1, as in PyTorch.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct HardSigmoid(double Alpha, double Beta) : IElementwise
{
    /// <summary>The function of PyTorch.</summary>
    public HardSigmoid()
        : this(1.0 / 6, 0.5)
    {
    }

    string IElementwise.Name => "hard-sigmoid";

    bool IElementwise.ReadsArgument => false;

    bool IElementwise.ReadsValue => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x)
    {
        // Without a fused product, which gives a tiny positive number for x = -3 in place of 0.
        var line = (Elementary<L, T>.Of(Alpha) * x) + Elementary<L, T>.Of(Beta);
        return Elementary<L, T>.Min(L.Max(line, default), L.All(T.One));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        var inside = Elementary<L, T>.Min(y, L.All(T.One) - y);
        Derivatives<L> d = default;
        d.F1 = L.WherePositive(inside, Elementary<L, T>.Of(Alpha), default);
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => HardTanh.Torch((Alpha * x) + Beta, 0, 1);
}
