namespace Brink.Taylor;

/// <summary>Elements by their numbers: x [outer,count,inner] to y [outer,m,inner], where each number selects inner neighbouring
/// elements. Each is given in any shape without images.</summary>
/// <param name="Numbers">The numbers [m], from 0 to count - 1.</param>
/// <param name="Outer">Size of the dimensions before that of the numbers.</param>
/// <param name="Count">Size of the dimension of the numbers.</param>
/// <param name="Inner">Size of the dimensions after it.</param>
internal sealed record Gathered(int[] Numbers, long Outer, long Count, long Inner) : Linear
{
    internal override bool IsOfSamples => true;

    internal override bool TransposeAdds => true;

    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) =>
        operands[0].Size == Outer * Count * Inner && !operands[0].IsImages && Numbers.All(number => number >= 0 && number < Count)
            ? [Outer, Numbers.Length, Inner]
            : throw ShapeMismatch("selection by numbers", operands);

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) =>
        operands[0].reshape(Outer, Count, Inner).index_select(1, tensor(Numbers, dtype: ScalarType.Int64));

    internal override unsafe void Apply<T>(Work<T> work, int k, int order, Block<T> x, Block<T> y, bool accumulate) =>
        Each((whole, chosen) => work.Passes.Scale(Inner, 1, x.Data + whole, y.Data + chosen, accumulate));

    internal override unsafe void Transpose<T>(Work<T> work, int k, Block<T> y, Block<T> x, bool accumulate) =>
        Each((whole, chosen) => work.Passes.Scale(Inner, 1, y.Data + chosen, x.Data + whole, true));

    /// <summary>Calls with the first element in x, and that in y, of each selection.</summary>
    private void Each(Action<long, long> copy)
    {
        long chosen = 0;
        for (long outer = 0; outer < Outer; outer++)
            foreach (var number in Numbers)
            {
                copy(((outer * Count) + number) * Inner, chosen);
                chosen += Inner;
            }
    }
}
