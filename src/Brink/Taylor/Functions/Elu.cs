using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>x for positive x, else alpha (e^x - 1).</summary>
    public static Value Elu(this Value x, double alpha = 1) => x.Apply(new Elu(alpha, 1, 1));

    /// <summary>gamma x for positive x, else gamma alpha (e^x - 1); Klambauer et al. (2017), whose constants are the
    /// defaults.</summary>
    public static Value Selu(this Value x, double alpha = 1.6732632423543772848, double gamma = 1.0507009873554804934) =>
        x.Apply(new Elu(alpha, gamma, 1));

    /// <summary>x for positive x, else alpha (e^(x/alpha) - 1), whose derivative is continuous; Barron (2017).</summary>
    public static Value Celu(this Value x, double alpha = 1) => x.Apply(new Elu(alpha, 1, 1 / alpha));
}

/// <summary>scale x for positive x, else scale alpha (e^(rate x) - 1); its derivatives at 0 count as those of negative x, as in
/// PyTorch.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Elu(double Alpha, double Scale, double Rate) : IElementwise
{
    /// <summary>x for positive x, else e^x - 1.</summary>
    public Elu()
        : this(1, 1, 1)
    {
    }

    string IElementwise.Name => "elu";

    bool IElementwise.ReadsArgument => true;

    bool IElementwise.ReadsValue => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x)
    {
        var below = Elementary<L, T>.ExpMinusOne(Elementary<L, T>.Min(x, default) * Elementary<L, T>.Of(Rate));
        return L.WherePositive(x, Elementary<L, T>.Of(Scale) * x, Elementary<L, T>.Of(Scale * Alpha) * below);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        var rate = Elementary<L, T>.Of(Rate);
        var e = Elementary<L, T>.Of(Scale * Alpha * Rate) * Elementary<L, T>.Exp(Elementary<L, T>.Min(x, default) * rate);
        Derivatives<L> d = default;
        d.F1 = L.WherePositive(x, Elementary<L, T>.Of(Scale), e);
        d.F2 = L.WherePositive(x, default, e * rate);
        d.F3 = d.F2 * rate;
        d.F4 = d.F3 * rate;
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => Scale is 1 && Rate is 1
        ? nn.functional.elu(x, alpha: Alpha)
        : Scale * where(x > 0, x, Alpha * (Rate * x.clamp_max(0)).expm1());
}
