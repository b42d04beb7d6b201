using System.Numerics;
using System.Runtime.InteropServices;
using Brink.Kernels;

namespace Brink.Taylor;

/// <summary>Copies or adds elements from places of one array to places of another, over a box of indices.</summary>
/// <remarks>Dimensions that are adjacent in both arrays are merged. Rows that are contiguous in both are copied by registers;
/// other boxes are copied element by element, in blocks in which lines of the cache are reused.</remarks>
internal sealed class StridedCopy
{
    private const int Block = 16;     // elements: a cache line or two

    private readonly long _from, _to;
    private readonly Dimension[] _outer;
    private readonly Dimension _rows, _columns;
    private readonly bool _isEmpty;

    /// <param name="box">Sizes of the box.</param>
    /// <param name="from">Places that are read.</param>
    /// <param name="to">Places that are written.</param>
    public StridedCopy(Sizes box, Places from, Places to)
    {
        (_from, _to) = (from.Offset, to.Offset);
        _isEmpty = box.Values.Contains(0);
        var merged = Merged(
            box.Values.Select((count, k) => new Dimension(count, from.Strides.Values[k], to.Strides.Values[k]))
                .Where(dimension => dimension.Count != 1)
                .OrderByDescending(dimension => Math.Abs(dimension.To)).ThenByDescending(dimension => Math.Abs(dimension.From)));
        _columns = Take(merged, dimension => dimension is { From: 1, To: 1 });
        if (IsContiguous)
        {
            _rows = Take(merged, dimension => dimension.Count == merged.Max(other => other.Count));
        }
        else
        {
            // The inner loop reads neighbours, and the loop around it writes neighbours.
            _columns = Take(merged, dimension => Math.Abs(dimension.From) == merged.Min(other => Math.Abs(other.From)));
            _rows = Take(merged, dimension => Math.Abs(dimension.To) == merged.Min(other => Math.Abs(other.To)));
        }
        _outer = [.. merged];
    }

    private bool IsContiguous => _columns is { Count: > 1, From: 1, To: 1 };

    /// <summary>y (+)= x at the places.</summary>
    public unsafe void Run<T>(Passes<T> passes, T* x, T* y, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (_isEmpty) return;
        Outer(passes, 0, x + _from, y + _to, accumulate);
    }

    private unsafe void Outer<T>(Passes<T> passes, int k, T* x, T* y, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (k < _outer.Length)
        {
            var (count, from, to) = _outer[k];
            for (long i = 0; i < count; i++) Outer(passes, k + 1, x + (i * from), y + (i * to), accumulate);
        }
        else if (IsContiguous)
        {
            passes.Copy(_rows.Count, checked((int)_columns.Count), x, _rows.From, y, _rows.To, accumulate);
        }
        else
        {
            Inner(x, y, accumulate);
        }
    }

    private unsafe void Inner<T>(T* x, T* y, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (long start = 0; start < _columns.Count; start += Block)
        {
            var count = Math.Min(Block, _columns.Count - start);
            var from = x + (start * _columns.From);
            var to = y + (start * _columns.To);
            for (long row = 0; row < _rows.Count; row++, from += _rows.From, to += _rows.To)
            {
                if (accumulate)
                    for (long i = 0; i < count; i++) to[i * _columns.To] += from[i * _columns.From];
                else
                    for (long i = 0; i < count; i++) to[i * _columns.To] = from[i * _columns.From];
            }
        }
    }

    private static List<Dimension> Merged(IEnumerable<Dimension> dimensions)
    {
        var merged = new List<Dimension>();
        foreach (var inner in dimensions)
        {
            if (merged.Count > 0 && merged[^1] is var outer && outer.From == inner.From * inner.Count && outer.To == inner.To * inner.Count)
                merged[^1] = inner with { Count = outer.Count * inner.Count };
            else
                merged.Add(inner);
        }
        return merged;
    }

    /// <summary>Takes out the first dimension that fits, or one of a single index.</summary>
    private static Dimension Take(List<Dimension> dimensions, Predicate<Dimension> fits)
    {
        var i = dimensions.FindIndex(fits);
        if (i < 0) return new(1, 0, 0);
        var found = dimensions[i];
        dimensions.RemoveAt(i);
        return found;
    }

    /// <summary>A dimension of the box: its size, and the distances of neighbours in the two arrays.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Dimension(long Count, long From, long To);
}
