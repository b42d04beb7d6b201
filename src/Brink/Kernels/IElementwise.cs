using System.Numerics;
using System.Runtime.InteropServices;

namespace Brink.Kernels;

/// <summary>A function of one number, applied element by element. One struct defines everything that the engine uses.</summary>
/// <remarks>Passes are generic over the struct, so that the compiler inlines its members. A struct may have constants, such as
/// an epsilon, as fields.</remarks>
internal interface IElementwise
{
    /// <summary>The name in lower case, with dashes between words.</summary>
    string Name { get; }

    /// <summary>True if <see cref="Derivatives"/> needs x.</summary>
    bool ReadsArgument { get; }

    /// <summary>True if <see cref="Derivatives"/> needs f(x), which is already in memory and often replaces an e^x.</summary>
    bool ReadsValue { get; }

    /// <summary>Computes f(x).</summary>
    L Value<L, T>(L x)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Computes the derivatives at x up to the order; higher ones are undefined.</summary>
    /// <param name="x">The argument; 0 unless <see cref="ReadsArgument"/>.</param>
    /// <param name="y">f(x); 0 unless <see cref="ReadsValue"/>.</param>
    /// <param name="order">The highest order, 1 to 4.</param>
    Derivatives<L> Derivatives<L, T>(L x, L y, int order)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Computes f(x) by libtorch's operators, differentiable to the third order.</summary>
    Tensor Torch(Tensor x);
}

/// <summary>f', f'', f''', f''''.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct Derivatives<L>
{
    public L F1, F2, F3, F4;
}
