using System.Numerics;
using Brink.Kernels;

namespace Brink.Taylor;

/// <summary>y = f(x), element by element, with the derivatives of f up to the fourth.</summary>
internal abstract unsafe record Unary : Primitive
{
    /// <inheritdoc cref="IElementwise.ReadsArgument"/>
    internal abstract bool ReadsArgument { get; }

    /// <inheritdoc cref="IElementwise.ReadsValue"/>
    internal abstract bool ReadsValue { get; }

    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) => operands[0].Shape;

    /// <inheritdoc cref="Passes{T}.Values"/>
    internal abstract void Values<T>(Passes<T> passes, long n, T* x, T* y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <inheritdoc cref="Passes{T}.Forward"/>
    internal abstract void Forward<T>(Passes<T> passes, int order, long n, Series<T> x, T* value, T* y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <inheritdoc cref="Passes{T}.Backward"/>
    internal abstract void Backward<T>(
        Passes<T> passes, int order, long n, Series<T> x, T* value, Series<T> ybar, T* xbar, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

/// <summary>A function given by its type, for which the passes are compiled.</summary>
internal sealed unsafe record Unary<TFunction>(TFunction Function) : Unary
    where TFunction : struct, IElementwise
{
    internal override bool ReadsArgument { get; } = Function.ReadsArgument;

    internal override bool ReadsValue { get; } = Function.ReadsValue;

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) => Function.Torch(operands[0]);

    internal override void Values<T>(Passes<T> passes, long n, T* x, T* y) => passes.Values(Function, n, x, y);

    internal override void Forward<T>(Passes<T> passes, int order, long n, Series<T> x, T* value, T* y) =>
        passes.Forward(Function, order, n, x, value, y);

    internal override void Backward<T>(
        Passes<T> passes, int order, long n, Series<T> x, T* value, Series<T> ybar, T* xbar, bool accumulate) =>
        passes.Backward(Function, order, n, x, value, ybar, xbar, accumulate);
}
