namespace Brink.Taylor;

/// <summary>x where a mask allows it, and 0 elsewhere, whatever x is there.</summary>
/// <param name="Mask">One truth value for each element, in the order of memory.</param>
internal sealed record Masked(bool[] Mask) : Linear
{
    internal override bool IsOfSamples => true;

    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) =>
        operands[0].Size == Mask.Length ? operands[0].Shape : throw ShapeMismatch("mask", operands);

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) =>
        Memory.Shaped(where(tensor(Mask), Memory.Flat(operands[0]), zeros(1, dtype: operands[0].dtype)), operands[0].shape);

    internal override unsafe void Apply<T>(Work<T> work, int k, int order, Block<T> x, Block<T> y, bool accumulate)
    {
        for (long i = 0; i < Mask.Length; i++)
        {
            var value = Mask[i] ? x.Data[i] : T.Zero;
            y.Data[i] = accumulate ? y.Data[i] + value : value;
        }
    }

    // The map is symmetric.
    internal override void Transpose<T>(Work<T> work, int k, Block<T> y, Block<T> x, bool accumulate) =>
        Apply(work, k, 0, y, x, accumulate);
}
