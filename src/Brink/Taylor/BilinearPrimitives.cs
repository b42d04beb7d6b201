using Brink.Kernels;

namespace Brink.Taylor;

/// <summary>x w, element by element.</summary>
internal sealed record Multiplication : Bilinear
{
    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) =>
        operands[0].Shape.SequenceEqual(operands[1].Shape) ? operands[0].Shape : throw ShapeMismatch("product", operands);

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) => operands[0] * operands[1];

    internal override unsafe void Apply<T>(Work<T> work, Block<T> x, Block<T> w, Block<T> y, bool accumulate) =>
        work.Passes.Multiply(x.Size, x.Data, w.Data, y.Data, accumulate);

    internal override unsafe void TransposeLeft<T>(Work<T> work, Block<T> y, Block<T> w, Block<T> x, bool accumulate) =>
        work.Passes.Multiply(x.Size, y.Data, w.Data, x.Data, accumulate);

    internal override unsafe void TransposeRight<T>(Work<T> work, Block<T> x, Block<T> y, Block<T> w, bool accumulate) =>
        work.Passes.Multiply(x.Size, y.Data, x.Data, w.Data, accumulate);
}

/// <summary>x s: a row s [c] or [n,c] scales the last dimension of x, or the channels of images.</summary>
internal sealed record ScaledColumns : Bilinear
{
    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) => Columns.Check("scale", operands);

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) => operands[0] * Columns.Spread(operands[1], operands[0]);

    internal override unsafe void Apply<T>(Work<T> work, Block<T> x, Block<T> w, Block<T> y, bool accumulate) =>
        work.Passes.MultiplyColumns(Columns.Blocks(x, w), x.Data, w.Data, y.Data, accumulate);

    internal override unsafe void TransposeLeft<T>(Work<T> work, Block<T> y, Block<T> w, Block<T> x, bool accumulate) =>
        work.Passes.MultiplyColumns(Columns.Blocks(x, w), y.Data, w.Data, x.Data, accumulate);

    internal override unsafe void TransposeRight<T>(Work<T> work, Block<T> x, Block<T> y, Block<T> w, bool accumulate) =>
        work.Passes.SumColumns(Columns.Blocks(x, w), 1, x.Data, y.Data, w.Data, accumulate);
}

/// <summary>x s: one number of s [...] scales each row of x [...,c].</summary>
internal sealed record ScaledRows : Bilinear
{
    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) => Rows.Check("scale", operands);

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) => operands[0] * operands[1].unsqueeze(-1);

    internal override unsafe void Apply<T>(Work<T> work, Block<T> x, Block<T> w, Block<T> y, bool accumulate) =>
        work.Passes.MultiplyRows(x.Rows, x.Columns, x.Data, w.Data, y.Data, accumulate);

    internal override unsafe void TransposeLeft<T>(Work<T> work, Block<T> y, Block<T> w, Block<T> x, bool accumulate) =>
        work.Passes.MultiplyRows(x.Rows, x.Columns, y.Data, w.Data, x.Data, accumulate);

    internal override unsafe void TransposeRight<T>(Work<T> work, Block<T> x, Block<T> y, Block<T> w, bool accumulate) =>
        work.Passes.SumRows(x.Rows, x.Columns, 1, x.Data, y.Data, w.Data, accumulate);
}

/// <summary>x W^T: rows [...,in] and weights [out,in] to rows [...,out].</summary>
internal sealed record Dense : Bilinear
{
    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands)
    {
        var (x, w) = (operands[0], operands[1]);
        return w.Shape.Count == 2 && x.Last == w.Last && !x.IsImages
            ? [.. x.Shape.SkipLast(1), w.Shape[0]]
            : throw ShapeMismatch("dense layer", operands);
    }

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) => nn.functional.linear(operands[0], operands[1]);

    internal override unsafe void Apply<T>(Work<T> work, Block<T> x, Block<T> w, Block<T> y, bool accumulate) =>
        work.Passes.Product(
            new(x.Data, x.Rows, x.Columns, x.Columns),
            new(w.Data, w.Columns, w.Rows, w.Columns, transposed: true),
            new Matrix<T>(y.Data, y.Rows, y.Columns, y.Columns),
            accumulate);

    internal override unsafe void TransposeLeft<T>(Work<T> work, Block<T> y, Block<T> w, Block<T> x, bool accumulate) =>
        work.Passes.Product(
            new(y.Data, y.Rows, y.Columns, y.Columns),
            new(w.Data, w.Rows, w.Columns, w.Columns),
            new Matrix<T>(x.Data, x.Rows, x.Columns, x.Columns),
            accumulate);

    internal override unsafe void TransposeRight<T>(Work<T> work, Block<T> x, Block<T> y, Block<T> w, bool accumulate) =>
        work.Passes.Product(
            new(y.Data, y.Columns, y.Rows, y.Columns, transposed: true),
            new(x.Data, x.Rows, x.Columns, x.Columns),
            new Matrix<T>(w.Data, w.Rows, w.Columns, w.Columns),
            accumulate);
}

/// <summary>x w for each of the matrices x [b,r,k] and w [b,k,c], or w [b,c,k] when it is
/// transposed.</summary>
internal sealed record BatchProduct(bool Transposed) : Bilinear
{
    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands)
    {
        var (x, w) = (operands[0].Shape, operands[1].Shape);
        return x.Count == 3 && w.Count == 3 && x[0] == w[0] && x[2] == w[Transposed ? 2 : 1]
            ? [x[0], x[1], w[Transposed ? 1 : 2]]
            : throw ShapeMismatch("products of matrices", operands);
    }

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) =>
        operands[0].bmm(Transposed ? operands[1].transpose(1, 2) : operands[1]);

    internal override unsafe void Apply<T>(Work<T> work, Block<T> x, Block<T> w, Block<T> y, bool accumulate)
    {
        for (var b = 0; b < y.Shape[0]; b++)
            work.Passes.Product(At(x, b, false), At(w, b, Transposed), At(y, b, false), accumulate);
    }

    internal override unsafe void TransposeLeft<T>(Work<T> work, Block<T> y, Block<T> w, Block<T> x, bool accumulate)
    {
        for (var b = 0; b < y.Shape[0]; b++)
            work.Passes.Product(At(y, b, false), At(w, b, !Transposed), At(x, b, false), accumulate);
    }

    internal override unsafe void TransposeRight<T>(Work<T> work, Block<T> x, Block<T> y, Block<T> w, bool accumulate)
    {
        for (var b = 0; b < y.Shape[0]; b++)
        {
            if (Transposed) work.Passes.Product(At(y, b, true), At(x, b, false), At(w, b, false), accumulate);
            else work.Passes.Product(At(x, b, true), At(y, b, false), At(w, b, false), accumulate);
        }
    }

    private static unsafe Matrix<T> At<T>(Block<T> block, int b, bool transposed)
        where T : unmanaged
    {
        var (rows, columns) = ((int)block.Shape[1], (int)block.Shape[2]);
        var data = block.Data + ((long)b * rows * columns);
        return transposed ? new(data, columns, rows, columns, true) : new(data, rows, columns, columns);
    }
}
