using System.Runtime.InteropServices;
using Brink.Kernels;

namespace Brink.Taylor;

/// <summary>Sizes that are compared by their numbers.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct Sizes(params IReadOnlyList<long> values) : IEquatable<Sizes>
{
    public IReadOnlyList<long> Values { get; } = values;

    public bool Equals(Sizes other) => Values.SequenceEqual(other.Values);

    public override bool Equals(object? obj) => obj is Sizes other && Equals(other);

    public override int GetHashCode() => Values.Aggregate(0, HashCode.Combine);
}

/// <summary>Small operands [c] or [n,c] combined with large ones [...,c] or images [n,c,h,w], whose channels are innermost
/// here.</summary>
internal static class Columns
{
    public static IReadOnlyList<long> Check(string operation, IReadOnlyList<Value> operands)
    {
        var (x, s) = (operands[0], operands[1]);
        var fits = s.Last == (x.IsImages ? x.Shape[1] : x.Last) && (s.Shape.Count == 1 || s.Shape[0] == x.Shape[0]);
        return fits && s.Shape.Count <= 2
            ? x.Shape
            : throw new ArgumentException(
                $"{operation}: the operand of shape [{string.Join(',', s.Shape)}] "
                    + $"does not fit the one of shape [{string.Join(',', x.Shape)}]",
                nameof(operands));
    }

    public static Blocks Blocks<T>(Block<T> large, Block<T> small)
        where T : unmanaged
    {
        var count = small.Shape.Count == 1 ? 1 : (int)small.Shape[0];
        return new(count, (int)(large.Size / small.Size), small.Columns);
    }

    /// <summary>Reshapes the small operand so that libtorch broadcasts it over the large one.</summary>
    public static Tensor Spread(Tensor small, Tensor large)
    {
        if (large.dim() == 4) return small.unsqueeze(-1).unsqueeze(-1);
        return small.dim() == 2 && large.dim() == 3 ? small.unsqueeze(1) : small;
    }
}

/// <summary>Small operands [...] combined with large ones [...,c].</summary>
internal static class Rows
{
    public static IReadOnlyList<long> Check(string operation, IReadOnlyList<Value> operands) =>
        operands[0].Shape.SkipLast(1).SequenceEqual(operands[1].Shape)
            ? operands[0].Shape
            : throw new ArgumentException(
                $"{operation}: the operand of shape [{string.Join(',', operands[1].Shape)}] does not fit the rows of"
                    + $" [{string.Join(',', operands[0].Shape)}]",
                nameof(operands));
}
