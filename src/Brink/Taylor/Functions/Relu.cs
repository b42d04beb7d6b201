using System.Runtime.CompilerServices;
using Brink.Kernels;

namespace Brink.Taylor;

public static partial class Layers
{
    /// <summary>max(x, 0). All its derivatives at 0 count as 0.</summary>
    public static Value Relu(this Value x) => x.Apply(new Relu());
}

/// <summary>max(x, 0); its derivative at 0 counts as 0, all higher ones as 0.</summary>
internal readonly record struct Relu : IElementwise
{
    string IElementwise.Name => "relu";

    bool IElementwise.ReadsArgument => false;

    bool IElementwise.ReadsValue => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => L.WherePositive(x, x, default);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        Derivatives<L> d = default;
        d.F1 = L.WherePositive(y, L.All(T.One), default);
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => x.relu();
}
