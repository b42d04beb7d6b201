namespace Brink.Graphs;

/// <summary>A tensor as a file stores it.</summary>
/// <param name="Type">Type of the elements.</param>
/// <param name="Shape">Sizes of the dimensions; empty for a scalar.</param>
/// <param name="Bytes">The elements in row-major order, little-endian; as many as shape and type require.</param>
public sealed record TensorData(ElementType Type, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The number of elements.</summary>
    public long Count => Shape.Aggregate(1L, (product, n) => product * n);
}
