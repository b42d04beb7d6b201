namespace Brink.Taylor;

/// <summary>x + y, of equal shapes.</summary>
internal sealed record Sum : Linear
{
    internal override bool IsIdentity(int k) => true;

    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) =>
        operands[0].Shape.SequenceEqual(operands[1].Shape) ? operands[0].Shape : throw ShapeMismatch("sum", operands);

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) => operands[0] + operands[1];

    internal override unsafe void Apply<T>(Work<T> work, int k, int order, Block<T> x, Block<T> y, bool accumulate) =>
        work.Passes.Scale(x.Size, 1, x.Data, y.Data, accumulate);

    internal override unsafe void Transpose<T>(Work<T> work, int k, Block<T> y, Block<T> x, bool accumulate) =>
        work.Passes.Scale(x.Size, 1, y.Data, x.Data, accumulate);
}

/// <summary>a x.</summary>
internal sealed record Multiple(double Factor) : Linear
{
    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) => operands[0].Shape;

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) => Factor * operands[0];

    internal override unsafe void Apply<T>(Work<T> work, int k, int order, Block<T> x, Block<T> y, bool accumulate) =>
        work.Passes.Scale(x.Size, Factor, x.Data, y.Data, accumulate);

    internal override unsafe void Transpose<T>(Work<T> work, int k, Block<T> y, Block<T> x, bool accumulate) =>
        work.Passes.Scale(x.Size, Factor, y.Data, x.Data, accumulate);
}

/// <summary>The same memory in another shape. Where one of the shapes is that of images, their channels are
/// innermost.</summary>
internal sealed record Reshaped(Sizes Shape) : Linear
{
    internal override bool IsIdentity(int k) => k == 0;

    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) => Shape.Values;

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) => Memory.Shaped(Memory.Flat(operands[0]), Shape.Values);

    internal override unsafe void Apply<T>(Work<T> work, int k, int order, Block<T> x, Block<T> y, bool accumulate) =>
        work.Passes.Scale(x.Size, 1, x.Data, y.Data, accumulate);

    internal override unsafe void Transpose<T>(Work<T> work, int k, Block<T> y, Block<T> x, bool accumulate) =>
        work.Passes.Scale(x.Size, 1, y.Data, x.Data, accumulate);
}

/// <summary>The sum of all numbers, a value [1].</summary>
internal sealed record Total : Linear
{
    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) => [1];

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) => operands[0].sum().reshape(1);

    internal override unsafe void Apply<T>(Work<T> work, int k, int order, Block<T> x, Block<T> y, bool accumulate) =>
        work.Passes.SumRows(1, checked((int)x.Size), 1, x.Data, null, y.Data, accumulate);

    internal override unsafe void Transpose<T>(Work<T> work, int k, Block<T> y, Block<T> x, bool accumulate) =>
        work.Passes.SpreadRows(1, checked((int)x.Size), 1, y.Data, x.Data, accumulate);
}

/// <summary>x + s: a row s [c] is added to the last dimension of x, or to the channels of images; of s [n,c], each row is added
/// to its own sample.</summary>
internal sealed record AddedColumns : Linear
{
    internal override bool IsIdentity(int k) => k == 0;

    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) => Columns.Check("bias", operands);

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) => operands[0] + Columns.Spread(operands[1], operands[0]);

    internal override unsafe void Apply<T>(Work<T> work, int k, int order, Block<T> x, Block<T> y, bool accumulate)
    {
        if (k == 0) work.Passes.Scale(x.Size, 1, x.Data, y.Data, accumulate);
        else work.Passes.SpreadColumns(Columns.Blocks(y, x), 1, x.Data, y.Data, accumulate);
    }

    internal override unsafe void Transpose<T>(Work<T> work, int k, Block<T> y, Block<T> x, bool accumulate)
    {
        if (k == 0) work.Passes.Scale(x.Size, 1, y.Data, x.Data, accumulate);
        else work.Passes.SumColumns(Columns.Blocks(y, x), 1, y.Data, null, x.Data, accumulate);
    }
}

/// <summary>The mean of each channel of an image, or over the rows of a sample: [n,c,h,w] or [n,l,c] to
/// [n,c].</summary>
internal sealed record ColumnMean : Linear
{
    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) =>
        operands[0].IsImages ? [.. operands[0].Shape.Take(2)]
        : operands[0].Shape.Count == 3 ? [operands[0].Shape[0], operands[0].Last]
        : throw ShapeMismatch("mean over rows", operands);

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) =>
        operands[0].dim() == 4 ? operands[0].mean([2, 3]) : operands[0].mean([1]);

    internal override unsafe void Apply<T>(Work<T> work, int k, int order, Block<T> x, Block<T> y, bool accumulate)
    {
        var blocks = Columns.Blocks(x, y);
        work.Passes.SumColumns(blocks, 1.0 / blocks.Rows, x.Data, null, y.Data, accumulate);
    }

    internal override unsafe void Transpose<T>(Work<T> work, int k, Block<T> y, Block<T> x, bool accumulate)
    {
        var blocks = Columns.Blocks(x, y);
        work.Passes.SpreadColumns(blocks, 1.0 / blocks.Rows, y.Data, x.Data, accumulate);
    }
}

/// <summary>Each number of [n,c] replaced by the mean of its group of neighbours.</summary>
internal sealed record GroupMean(int Groups) : Linear
{
    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) =>
        operands[0].Last % Groups == 0 ? operands[0].Shape : throw ShapeMismatch($"means of {Groups} groups", operands);

    internal override Tensor Torch(IReadOnlyList<Tensor> operands)
    {
        var (n, c) = (operands[0].shape[0], operands[0].shape[1]);
        return operands[0].reshape(n, Groups, c / Groups).mean([2], keepdim: true).expand(n, Groups, c / Groups).reshape(n, c);
    }

    internal override unsafe void Apply<T>(Work<T> work, int k, int order, Block<T> x, Block<T> y, bool accumulate)
    {
        var size = y.Columns / Groups;
        var rows = y.Rows * Groups;
        var means = work.Scratch.Take<T>(rows);
        work.Passes.SumRows(rows, size, 1.0 / size, x.Data, null, means, false);
        work.Passes.SpreadRows(rows, size, 1, means, y.Data, accumulate);
    }

    // The map is symmetric.
    internal override void Transpose<T>(Work<T> work, int k, Block<T> y, Block<T> x, bool accumulate) =>
        Apply(work, k, 0, y, x, accumulate);
}

/// <summary>a times the sum of each row: [...,c] to [...].</summary>
internal sealed record RowSum(double Factor) : Linear
{
    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) => [.. operands[0].Shape.SkipLast(1)];

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) => Factor * operands[0].sum([-1], keepdim: false);

    internal override unsafe void Apply<T>(Work<T> work, int k, int order, Block<T> x, Block<T> y, bool accumulate) =>
        work.Passes.SumRows(x.Rows, x.Columns, Factor, x.Data, null, y.Data, accumulate);

    internal override unsafe void Transpose<T>(Work<T> work, int k, Block<T> y, Block<T> x, bool accumulate) =>
        work.Passes.SpreadRows(x.Rows, x.Columns, Factor, y.Data, x.Data, accumulate);
}

/// <summary>x + a s: one number of s [...] is added to each row of x [...,c].</summary>
internal sealed record AddedRows(double Factor) : Linear
{
    internal override bool IsIdentity(int k) => k == 0;

    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) => Rows.Check("sum", operands);

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) => operands[0] + (Factor * operands[1].unsqueeze(-1));

    internal override unsafe void Apply<T>(Work<T> work, int k, int order, Block<T> x, Block<T> y, bool accumulate)
    {
        if (k == 0) work.Passes.Scale(x.Size, 1, x.Data, y.Data, accumulate);
        else work.Passes.SpreadRows(y.Rows, y.Columns, Factor, x.Data, y.Data, accumulate);
    }

    internal override unsafe void Transpose<T>(Work<T> work, int k, Block<T> y, Block<T> x, bool accumulate)
    {
        if (k == 0) work.Passes.Scale(x.Size, 1, y.Data, x.Data, accumulate);
        else work.Passes.SumRows(y.Rows, y.Columns, Factor, y.Data, null, x.Data, accumulate);
    }
}

/// <summary>x minus the largest number of its row, which is treated as a constant. For sums of exponentials: their quotients,
/// and their logarithm plus the shift, do not depend on it.</summary>
internal sealed record BelowLargest : Linear
{
    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) => operands[0].Shape;

    internal override Tensor Torch(IReadOnlyList<Tensor> operands)
    {
        using var quiet = no_grad();
        var largest = operands[0].detach().amax([-1], keepdim: true);
        using var again = enable_grad();
        return operands[0] - largest;
    }

    internal override unsafe void Apply<T>(Work<T> work, int k, int order, Block<T> x, Block<T> y, bool accumulate)
    {
        if (order == 0) work.Passes.SubtractLargest(x.Rows, x.Columns, x.Data, y.Data);
        else work.Passes.Scale(x.Size, 1, x.Data, y.Data, accumulate);
    }

    internal override unsafe void Transpose<T>(Work<T> work, int k, Block<T> y, Block<T> x, bool accumulate) =>
        work.Passes.Scale(x.Size, 1, y.Data, x.Data, accumulate);
}
