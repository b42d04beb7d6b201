using System.Numerics;
using System.Runtime.InteropServices;
using Brink.Kernels;

namespace Brink.Taylor;

/// <summary>What makes a value of other values. There are three kinds, <see cref="Linear"/>, <see cref="Bilinear"/> and
/// <see cref="Unary"/>, and each knows its transposes; what they do to polynomials is <see cref="Sweep{T}"/>'s
/// business.</summary>
/// <remarks>Records: equal primitives of the same operands are the same value.</remarks>
public abstract record Primitive
{
    /// <exception cref="ArgumentException">The operands do not fit each other.</exception>
    internal abstract IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands);

    /// <summary>The value by libtorch's operators, differentiable by it.</summary>
    internal abstract Tensor Torch(IReadOnlyList<Tensor> operands);

    private protected static ArgumentException Unfit(string operation, IReadOnlyList<Value> operands) => new(
        $"{operation}: {string.Join(" and ", operands.Select(operand => $"[{string.Join(',', operand.Shape)}]"))} cannot be",
        nameof(operands));

    /// <summary>Elements that a value of this shape takes in memory.</summary>
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
        throw new InvalidOperationException("a parameter has the shape that it was given");

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) =>
        throw new InvalidOperationException("a parameter is a part of theta");
}

/// <summary>y = A_1 x_1 + ... + A_k x_k, so that the coefficients of every order are treated
/// alike.</summary>
internal abstract record Linear : Primitive
{
    /// <summary>Whether A_k is the identity, in the same layout. Where it is for the first operand, y is made in that one's
    /// memory if nobody else reads it; an operand's adjoint is then that of y.</summary>
    internal virtual bool IsIdentity(int k) => false;

    /// <summary>Whether the transpose reaches only a part of x, to which it adds.</summary>
    internal virtual bool TransposeAdds => false;

    /// <summary>Whether A itself depends on samples.</summary>
    internal virtual bool IsOfSamples => false;

    /// <summary>y (+)= A_k x.</summary>
    /// <param name="order">Of the coefficient; only order 0 may have a further constant.</param>
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

/// <summary>A primitive that libtorch alone knows; a model that has one runs on autograd.</summary>
/// <param name="Name">For the message that says so.</param>
/// <param name="Function">Of the operands, differentiable.</param>
/// <param name="Shape">Of operands of such shapes.</param>
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

    /// <summary>The last size.</summary>
    public int Columns => (int)Shape[^1];

    /// <summary>The product of all other sizes.</summary>
    public int Rows => (int)(Size / Shape[^1]);
}

/// <summary>What a primitive works with on one thread.</summary>
/// <param name="Passes">Passes over memory.</param>
/// <param name="Blas">Matrix products.</param>
/// <param name="Scratch">Memory for the moment.</param>
internal sealed record Work<T>(Passes<T> Passes, Blas Blas, Scratch Scratch)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;
