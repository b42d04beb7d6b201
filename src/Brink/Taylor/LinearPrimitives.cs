using System.Numerics;
using System.Runtime.InteropServices;
using Brink.Kernels;

namespace Brink.Taylor;

/// <summary>x + y, of equal shapes.</summary>
internal sealed record Sum : Linear
{
    internal override bool IsIdentity(int k) => true;

    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) =>
        operands[0].Shape.SequenceEqual(operands[1].Shape) ? operands[0].Shape : throw Unfit("sum", operands);

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

/// <summary>The same numbers in another shape, neither of images.</summary>
internal sealed record Reshaped(Sizes Shape) : Linear
{
    internal override bool IsIdentity(int k) => k == 0;

    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) => Shape.Values;

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) => operands[0].reshape([.. Shape.Values]);

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
        work.Passes.AddRows(1, checked((int)x.Size), 1, null, y.Data, x.Data, accumulate);
}

/// <summary>x + s: a row s [c] or [n,c] is added to all of x, or to all of its sample: to its last dimension,
/// or to the channels of images.</summary>
internal sealed record AddedColumns : Linear
{
    internal override bool IsIdentity(int k) => k == 0;

    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) => Columns.Check("bias", operands);

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) => operands[0] + Columns.Spread(operands[1], operands[0]);

    internal override unsafe void Apply<T>(Work<T> work, int k, int order, Block<T> x, Block<T> y, bool accumulate)
    {
        if (k == 0) work.Passes.Scale(x.Size, 1, x.Data, y.Data, accumulate);
        else work.Passes.AddColumns(Columns.Blocks(y, x), 1, null, x.Data, y.Data, accumulate);
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
        : throw Unfit("mean over rows", operands);

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
        work.Passes.AddColumns(blocks, 1.0 / blocks.Rows, null, y.Data, x.Data, accumulate);
    }
}

/// <summary>Each number of [n,c] replaced by the mean of its group of neighbours.</summary>
internal sealed record GroupMean(int Groups) : Linear
{
    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) =>
        operands[0].Last % Groups == 0 ? operands[0].Shape : throw Unfit($"means of {Groups} groups", operands);

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
        work.Passes.AddRows(rows, size, 1, null, means, y.Data, accumulate);
    }

    // Symmetric.
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
        work.Passes.AddRows(x.Rows, x.Columns, Factor, null, y.Data, x.Data, accumulate);
}

/// <summary>x + a s: a number of s [...] is added to each row of x [...,c].</summary>
internal sealed record AddedRows(double Factor) : Linear
{
    internal override bool IsIdentity(int k) => k == 0;

    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) => Rows.Check("sum", operands);

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) => operands[0] + (Factor * operands[1].unsqueeze(-1));

    internal override unsafe void Apply<T>(Work<T> work, int k, int order, Block<T> x, Block<T> y, bool accumulate)
    {
        if (k == 0) work.Passes.Scale(x.Size, 1, x.Data, y.Data, accumulate);
        else work.Passes.AddRows(y.Rows, y.Columns, Factor, null, x.Data, y.Data, accumulate);
    }

    internal override unsafe void Transpose<T>(Work<T> work, int k, Block<T> y, Block<T> x, bool accumulate)
    {
        if (k == 0) work.Passes.Scale(x.Size, 1, y.Data, x.Data, accumulate);
        else work.Passes.SumRows(y.Rows, y.Columns, Factor, y.Data, null, x.Data, accumulate);
    }
}

/// <summary>x minus the largest number of its row, which counts as a constant: for sums of exponentials, whose quotients and
/// logarithm plus shift do not depend on it.</summary>
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

/// <summary>The mean over squares of pixels.</summary>
internal sealed record AveragePool(int Side) : Linear
{
    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands)
    {
        var shape = operands[0].Shape;
        return operands[0].IsImages && shape[2] % Side == 0 && shape[3] % Side == 0
            ? [shape[0], shape[1], shape[2] / Side, shape[3] / Side]
            : throw Unfit($"pooling by {Side}", operands);
    }

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) => nn.functional.avg_pool2d(operands[0], Side);

    internal override unsafe void Apply<T>(Work<T> work, int k, int order, Block<T> x, Block<T> y, bool accumulate) =>
        work.Passes.Pool(Of(x), x.Data, y.Data, accumulate);

    internal override unsafe void Transpose<T>(Work<T> work, int k, Block<T> y, Block<T> x, bool accumulate) =>
        work.Passes.Unpool(Of(x), y.Data, x.Data, accumulate);

    private PoolShape Of<T>(Block<T> images)
        where T : unmanaged =>
        new((int)images.Shape[0], (int)images.Shape[2], (int)images.Shape[3], (int)images.Shape[1], Side);
}

/// <summary>Images [n,c,h,w] as rows [n,c h w], channel by channel; in our memory channels lie
/// innermost.</summary>
internal sealed record Flattened : Linear
{
    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) =>
        [operands[0].Shape[0], operands[0].Size / operands[0].Shape[0]];

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) => operands[0].flatten(1);

    internal override unsafe void Apply<T>(Work<T> work, int k, int order, Block<T> x, Block<T> y, bool accumulate)
    {
        var (n, channels, pixels) = Of(x);
        for (long image = 0; image < n; image++)
        {
            var (from, to) = ((nint)(x.Data + (image * channels * pixels)), (nint)(y.Data + (image * channels * pixels)));
            for (var pixel = 0; pixel < pixels; pixel++)
                for (var c = 0; c < channels; c++)
                    Put((T*)to + ((long)c * pixels) + pixel, ((T*)from)[((long)pixel * channels) + c], accumulate);
        }
    }

    internal override unsafe void Transpose<T>(Work<T> work, int k, Block<T> y, Block<T> x, bool accumulate)
    {
        var (n, channels, pixels) = Of(x);
        for (long image = 0; image < n; image++)
        {
            var (from, to) = ((nint)(y.Data + (image * channels * pixels)), (nint)(x.Data + (image * channels * pixels)));
            for (var pixel = 0; pixel < pixels; pixel++)
                for (var c = 0; c < channels; c++)
                    Put((T*)to + ((long)pixel * channels) + c, ((T*)from)[((long)c * pixels) + pixel], accumulate);
        }
    }

    private static (long Images, int Channels, int Pixels) Of<T>(Block<T> x)
        where T : unmanaged => x.Shape.Count == 4
            ? (x.Shape[0], (int)x.Shape[1], (int)(x.Shape[2] * x.Shape[3]))
            : (x.Shape[0], 1, (int)(x.Size / x.Shape[0]));

    private static unsafe void Put<T>(T* to, T number, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => *to = accumulate ? *to + number : number;
}

/// <summary>Rows of a table by number, to a shape [n,l,d]: the embedding of tokens.</summary>
/// <param name="Tokens">[n,l], int64; the caller keeps it alive.</param>
internal sealed record Embedding(Tensor Tokens) : Linear
{
    private readonly int[] _rows = [.. Tokens.contiguous().data<long>().Select(token => (int)token)];

    internal override bool IsOfSamples => true;

    internal override bool TransposeAdds => true;

    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) => [.. Tokens.shape, operands[0].Last];

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) =>
        operands[0].index_select(0, Tokens.flatten()).reshape([.. Tokens.shape, operands[0].shape[1]]);

    internal override unsafe void Apply<T>(Work<T> work, int k, int order, Block<T> x, Block<T> y, bool accumulate)
    {
        var d = y.Columns;
        for (long i = 0; i < _rows.Length; i++)
            work.Passes.Scale(d, 1, x.Data + ((long)_rows[i] * d), y.Data + (i * d), accumulate);
    }

    internal override unsafe void Transpose<T>(Work<T> work, int k, Block<T> y, Block<T> x, bool accumulate)
    {
        var d = y.Columns;
        for (long i = 0; i < _rows.Length; i++)
            work.Passes.Scale(d, 1, y.Data + (i * d), x.Data + ((long)_rows[i] * d), true);
    }
}

/// <summary>The first rows of a table.</summary>
internal sealed record FirstRows(long Count) : Linear
{
    internal override bool TransposeAdds => true;

    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) =>
        Count <= operands[0].Shape[0] ? [Count, .. operands[0].Shape.Skip(1)] : throw Unfit($"first {Count} rows", operands);

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) => operands[0].narrow(0, 0, Count);

    internal override unsafe void Apply<T>(Work<T> work, int k, int order, Block<T> x, Block<T> y, bool accumulate) =>
        work.Passes.Scale(y.Size, 1, x.Data, y.Data, accumulate);

    internal override unsafe void Transpose<T>(Work<T> work, int k, Block<T> y, Block<T> x, bool accumulate) =>
        work.Passes.Scale(y.Size, 1, y.Data, x.Data, true);
}

/// <summary>The heads of one part of [n,l,parts heads d]: [n heads,l,d].</summary>
internal sealed record HeadsOf(int Part, int Parts, int Heads) : Linear
{
    internal override bool TransposeAdds => true;

    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) =>
        operands[0].Shape.Count == 3 && operands[0].Last % (Parts * Heads) == 0
            ? [operands[0].Shape[0] * Heads, operands[0].Shape[1], operands[0].Last / (Parts * Heads)]
            : throw Unfit($"{Parts} times {Heads} heads", operands);

    internal override Tensor Torch(IReadOnlyList<Tensor> operands)
    {
        var x = operands[0];
        var (n, length, d) = (x.shape[0], x.shape[1], x.shape[2] / (Parts * Heads));
        return x.view(n, length, Parts, Heads, d).select(2, Part).permute(0, 2, 1, 3).reshape(n * Heads, length, d);
    }

    internal override unsafe void Apply<T>(Work<T> work, int k, int order, Block<T> x, Block<T> y, bool accumulate)
    {
        var (length, d, pitch) = ((int)y.Shape[1], y.Columns, x.Columns);
        for (long i = 0; i < y.Rows; i++)
            work.Passes.Scale(d, 1, x.Data + Place(i, length, d, pitch), y.Data + (i * d), accumulate);
    }

    internal override unsafe void Transpose<T>(Work<T> work, int k, Block<T> y, Block<T> x, bool accumulate)
    {
        var (length, d, pitch) = ((int)y.Shape[1], y.Columns, x.Columns);
        for (long i = 0; i < y.Rows; i++)
            work.Passes.Scale(d, 1, y.Data + (i * d), x.Data + Place(i, length, d, pitch), true);
    }

    /// <summary>Where row i of [n heads l] begins.</summary>
    private long Place(long i, int length, int d, int pitch)
    {
        var (sample, head, row) = (i / (length * Heads), i / length % Heads, i % length);
        return (((sample * length) + row) * pitch) + (((Part * Heads) + head) * d);
    }
}

/// <summary>Heads side by side again: [n heads,l,d] to [n,l,heads d].</summary>
internal sealed record JoinedHeads(int Heads) : Linear
{
    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) =>
        operands[0].Shape.Count == 3 && operands[0].Shape[0] % Heads == 0
            ? [operands[0].Shape[0] / Heads, operands[0].Shape[1], operands[0].Last * Heads]
            : throw Unfit($"{Heads} heads", operands);

    internal override Tensor Torch(IReadOnlyList<Tensor> operands)
    {
        var x = operands[0];
        var (n, length, d) = (x.shape[0] / Heads, x.shape[1], x.shape[2]);
        return x.view(n, Heads, length, d).permute(0, 2, 1, 3).reshape(n, length, Heads * d);
    }

    internal override unsafe void Apply<T>(Work<T> work, int k, int order, Block<T> x, Block<T> y, bool accumulate)
    {
        var (length, d) = ((int)x.Shape[1], x.Columns);
        for (long i = 0; i < x.Rows; i++)
            work.Passes.Scale(d, 1, x.Data + (i * d), y.Data + Place(i, length, d), accumulate);
    }

    internal override unsafe void Transpose<T>(Work<T> work, int k, Block<T> y, Block<T> x, bool accumulate)
    {
        var (length, d) = ((int)x.Shape[1], x.Columns);
        for (long i = 0; i < x.Rows; i++)
            work.Passes.Scale(d, 1, y.Data + Place(i, length, d), x.Data + (i * d), accumulate);
    }

    private long Place(long i, int length, int d)
    {
        var (sample, head, row) = (i / (length * Heads), i / length % Heads, i % length);
        return ((((sample * length) + row) * Heads) + head) * d;
    }
}

/// <summary>Sizes that are equal by their numbers.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct Sizes(params IReadOnlyList<long> values) : IEquatable<Sizes>
{
    public IReadOnlyList<long> Values { get; } = values;

    public bool Equals(Sizes other) => Values.SequenceEqual(other.Values);

    public override bool Equals(object? obj) => obj is Sizes other && Equals(other);

    public override int GetHashCode() => Values.Aggregate(0, HashCode.Combine);
}

/// <summary>Small operands [c] or [n,c] beside large ones [...,c] or images [n,c,h,w], whose channels lie
/// innermost here.</summary>
internal static class Columns
{
    public static IReadOnlyList<long> Check(string operation, IReadOnlyList<Value> operands)
    {
        var (x, s) = (operands[0], operands[1]);
        var fits = s.Last == (x.IsImages ? x.Shape[1] : x.Last) && (s.Shape.Count == 1 || s.Shape[0] == x.Shape[0]);
        return fits && s.Shape.Count <= 2
            ? x.Shape
            : throw new ArgumentException(
                $"{operation}: [{string.Join(',', s.Shape)}] does not fit [{string.Join(',', x.Shape)}]", nameof(operands));
    }

    public static Blocks Blocks<T>(Block<T> large, Block<T> small)
        where T : unmanaged
    {
        var count = small.Shape.Count == 1 ? 1 : (int)small.Shape[0];
        return new(count, (int)(large.Size / small.Size), small.Columns);
    }

    /// <summary>The small one in a shape that libtorch spreads over the large one.</summary>
    public static Tensor Spread(Tensor small, Tensor large)
    {
        if (large.dim() == 4) return small.unsqueeze(-1).unsqueeze(-1);
        return small.dim() == 2 && large.dim() == 3 ? small.unsqueeze(1) : small;
    }
}

/// <summary>Small operands [...] beside large ones [...,c].</summary>
internal static class Rows
{
    public static IReadOnlyList<long> Check(string operation, IReadOnlyList<Value> operands) =>
        operands[0].Shape.SkipLast(1).SequenceEqual(operands[1].Shape)
            ? operands[0].Shape
            : throw new ArgumentException(
                $"{operation}: [{string.Join(',', operands[1].Shape)}] does not fit the rows of"
                    + $" [{string.Join(',', operands[0].Shape)}]",
                nameof(operands));
}
