using System.Runtime.InteropServices;

namespace Brink.Taylor;

/// <summary>Values [outer,size_k] side by side: [outer,sum of size_k]. Each is given in any shape without images.</summary>
/// <param name="Outer">Number of rows.</param>
/// <param name="Sizes">Size of each value's rows.</param>
internal sealed record Joined(long Outer, Sizes Sizes) : Linear
{
    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) =>
        operands.Zip(Sizes.Values).All(pair => pair.First.Size == Outer * pair.Second && !pair.First.IsImages)
            ? [Outer, Sizes.Values.Sum()]
            : throw ShapeMismatch("concatenation", operands);

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) =>
        cat([.. operands.Select(operand => operand.reshape(Outer, -1))], 1);

    internal override unsafe void Apply<T>(Work<T> work, int k, int order, Block<T> x, Block<T> y, bool accumulate)
    {
        // The first operand that has this order clears the places of those that lack it.
        if (!accumulate) NativeMemory.Clear(y.Data, (nuint)(y.Size * sizeof(T)));
        var (start, size) = Place(k);
        work.Passes.Copy(Outer, size, x.Data, size, y.Data + start, y.Columns, true);
    }

    internal override unsafe void Transpose<T>(Work<T> work, int k, Block<T> y, Block<T> x, bool accumulate)
    {
        var (start, size) = Place(k);
        work.Passes.Copy(Outer, size, y.Data + start, y.Columns, x.Data, size, accumulate);
    }

    private (long Start, int Size) Place(int k) => (Sizes.Values.Take(k).Sum(), checked((int)Sizes.Values[k]));
}
