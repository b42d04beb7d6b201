using System.Numerics;
using System.Runtime.InteropServices;
using Brink.Kernels;

namespace Brink.Taylor;

/// <summary>An operation that makes a value from other values. There are four kinds, <see cref="Linear"/>,
/// <see cref="Bilinear"/>, <see cref="Unary"/> and <see cref="Selection"/>, each with its transposes; <see cref="Sweep{T}"/>
/// applies them to polynomials.</summary>
/// <remarks>Primitives are records: equal primitives of the same operands are the same value.</remarks>
internal abstract record Primitive
{
    /// <exception cref="ArgumentException">The operands do not fit each other.</exception>
    internal abstract IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands);

    /// <summary>Computes the value by libtorch's operators, which can differentiate it.</summary>
    internal abstract Tensor Torch(IReadOnlyList<Tensor> operands);

    private protected static ArgumentException ShapeMismatch(string operation, IReadOnlyList<Value> operands) => new(
        $"{operation}: the operands of shape "
            + string.Join(" and ", operands.Select(operand => $"[{string.Join(',', operand.Shape)}]"))
            + " do not fit",
        nameof(operands));

    /// <summary>The number of elements that a value of this shape takes in memory.</summary>
    internal virtual long Stored(IReadOnlyList<long> shape) => shape.Aggregate(1L, (product, n) => product * n);
}

internal sealed record Constant(Tensor Tensor) : Primitive
{
    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) => Tensor.shape;

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) => Tensor;
}

internal sealed record Parameter(long Offset) : Primitive
{
    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) =>
        throw new InvalidOperationException("a Parameter has no operands to derive its shape from; pass the shape");

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) =>
        throw new InvalidOperationException("a Parameter has no value of its own; read it from theta");
}

/// <summary>y = A_1 x_1 + ... + A_k x_k, so that the coefficients of every order are treated
/// alike.</summary>
internal abstract record Linear : Primitive
{
    /// <summary>True if A_k is the identity, in the same layout. For the first operand, y is then made in that operand's memory
    /// if nothing else reads it; for any operand, its adjoint is that of y.</summary>
    internal virtual bool IsIdentity(int k) => false;

    /// <summary>True if the transpose reaches only a part of x, to which it adds.</summary>
    internal virtual bool TransposeAdds => false;

    /// <summary>True if A itself depends on the samples.</summary>
    internal virtual bool IsOfSamples => false;

    /// <summary>y (+)= A_k x.</summary>
    /// <param name="order">Order of the coefficient; only order 0 may have a further constant.</param>
    internal abstract void Apply<T>(Work<T> work, int k, int order, Block<T> x, Block<T> y, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>x (+)= A_k^T y.</summary>
    internal abstract void Transpose<T>(Work<T> work, int k, Block<T> y, Block<T> x, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

/// <summary>y = B(x, w), linear in each.</summary>
internal abstract record Bilinear : Primitive
{
    /// <summary>y (+)= B(x, w).</summary>
    internal abstract void Apply<T>(Work<T> work, Block<T> x, Block<T> w, Block<T> y, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>x (+)= B(., w)^T y.</summary>
    internal abstract void TransposeLeft<T>(Work<T> work, Block<T> y, Block<T> w, Block<T> x, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>w (+)= B(x, .)^T y.</summary>
    internal abstract void TransposeRight<T>(Work<T> work, Block<T> x, Block<T> y, Block<T> w, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

/// <summary>y_i = x_s(i): every element of y is an element of x, which is chosen at order 0 and the same at every
/// order.</summary>
internal abstract record Selection : Primitive
{
    /// <summary>Chooses an element of x for each element of y.</summary>
    /// <param name="x">Coefficient of order 0.</param>
    /// <param name="y">Block of the size of the result; its content is neither read nor written.</param>
    /// <param name="chosen">Destination, one number for each element of y.</param>
    internal abstract unsafe void Choose<T>(Block<T> x, Block<T> y, int* chosen)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

/// <summary>A primitive that only libtorch has; a model that has one runs on autograd.</summary>
/// <param name="Name">Name for the message that reports it.</param>
/// <param name="Function">Maps the operands to the value; differentiable.</param>
/// <param name="Shape">Maps the operands to the shape of the value.</param>
internal sealed record Foreign(
    string Name,
    Func<IReadOnlyList<Tensor>, Tensor> Function,
    Func<IReadOnlyList<Value>, IReadOnlyList<long>> Shape) : Primitive
{
    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) => Shape(operands);

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) => Function(operands);
}

/// <summary>An array in memory: one coefficient of one value.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly unsafe struct Block<T>(T* data, IReadOnlyList<long> shape)
    where T : unmanaged
{
    public readonly T* Data = data;
    public readonly IReadOnlyList<long> Shape = shape;

    public long Size => Shape.Aggregate(1L, (product, n) => product * n);

    /// <summary>The size of the last dimension.</summary>
    public int Columns => (int)Shape[^1];

    /// <summary>The product of all other sizes.</summary>
    public int Rows => (int)(Size / Shape[^1]);
}

/// <summary>The tools that a primitive has on one thread.</summary>
/// <param name="Passes">Passes over memory.</param>
/// <param name="Scratch">Temporary memory.</param>
internal sealed record Work<T>(Passes<T> Passes, Scratch Scratch)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;
