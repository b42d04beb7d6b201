namespace Brink.Taylor;

/// <summary>The rows of a table by number, in the shape [n,l,d]: the embedding of tokens.</summary>
/// <param name="Tokens">Row numbers [n,l], int64; the caller keeps them alive.</param>
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
        Count <= operands[0].Shape[0] ? [Count, .. operands[0].Shape.Skip(1)] : throw ShapeMismatch($"first {Count} rows", operands);

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
            : throw ShapeMismatch($"{Parts} times {Heads} heads", operands);

    internal override Tensor Torch(IReadOnlyList<Tensor> operands)
    {
        var x = operands[0];
        var (n, length, d) = (x.shape[0], x.shape[1], x.shape[2] / (Parts * Heads));
        return x.view(n, length, Parts, Heads, d).select(2, Part).permute(0, 2, 1, 3).reshape(n * Heads, length, d);
    }

    internal override unsafe void Apply<T>(Work<T> work, int k, int order, Block<T> x, Block<T> y, bool accumulate)
    {
        var (length, d) = ((int)y.Shape[1], y.Columns);
        for (long head = 0; head < y.Shape[0]; head++)
            work.Passes.Copy(length, d, x.Data + Place(head, length, d), Stride(d), y.Data + (head * length * d), d, accumulate);
    }

    internal override unsafe void Transpose<T>(Work<T> work, int k, Block<T> y, Block<T> x, bool accumulate)
    {
        var (length, d) = ((int)y.Shape[1], y.Columns);
        for (long head = 0; head < y.Shape[0]; head++)
            work.Passes.Copy(length, d, y.Data + (head * length * d), d, x.Data + Place(head, length, d), Stride(d), true);
    }

    /// <summary>The place of the first row of a head of [n heads,l], of d numbers, in [n,l,parts heads d].</summary>
    internal long Place(long head, int length, int d) => (head / Heads * length * Stride(d)) + (((Part * Heads) + (head % Heads)) * d);

    /// <summary>The distance from one row of a head to the next.</summary>
    internal long Stride(int d) => (long)Parts * Heads * d;
}

/// <summary>The heads joined side by side: [n heads,l,d] to [n,l,heads d].</summary>
internal sealed record JoinedHeads(int Heads) : Linear
{
    /// <summary>The primitive that separates the heads.</summary>
    private HeadsOf SplitHeads => new(Part: 0, Parts: 1, Heads);

    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) =>
        operands[0].Shape.Count == 3 && operands[0].Shape[0] % Heads == 0
            ? [operands[0].Shape[0] / Heads, operands[0].Shape[1], operands[0].Last * Heads]
            : throw ShapeMismatch($"{Heads} heads", operands);

    internal override Tensor Torch(IReadOnlyList<Tensor> operands)
    {
        var x = operands[0];
        var (n, length, d) = (x.shape[0] / Heads, x.shape[1], x.shape[2]);
        return x.view(n, Heads, length, d).permute(0, 2, 1, 3).reshape(n, length, Heads * d);
    }

    internal override unsafe void Apply<T>(Work<T> work, int k, int order, Block<T> x, Block<T> y, bool accumulate)
    {
        var (split, length, d) = (SplitHeads, (int)x.Shape[1], x.Columns);
        for (long head = 0; head < x.Shape[0]; head++)
            work.Passes.Copy(
                length, d, x.Data + (head * length * d), d, y.Data + split.Place(head, length, d), split.Stride(d), accumulate);
    }

    internal override unsafe void Transpose<T>(Work<T> work, int k, Block<T> y, Block<T> x, bool accumulate)
    {
        var (split, length, d) = (SplitHeads, (int)x.Shape[1], x.Columns);
        for (long head = 0; head < x.Shape[0]; head++)
            work.Passes.Copy(
                length, d, y.Data + split.Place(head, length, d), split.Stride(d), x.Data + (head * length * d), d, accumulate);
    }
}
