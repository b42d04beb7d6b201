using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Brink.Kernels;

/// <summary>A matrix product C = A B, or C += A B, whose factors are read in place.</summary>
/// <remarks>
/// <para>C[i,j] = sum_s sum_k A[i,s,k] B[s,k,j]: the sum runs over segments, and within each over a depth. A[i,s,k] is stored
/// at rows.A[i] + segments.A[s] + k stepA, B[s,k,j] at segments.B[s] + k stepB + j columnB, and C[i,j] at rows.C[i] + j. A convolution
/// of images whose channels are innermost has this form: rows are pixels, a segment is a row of the kernel, and its inputs are
/// adjacent. The weights' gradient is the same product summed over pixels. No patch is ever copied.</para>
/// <para>Sums stay in registers, in a <see cref="WideTile{TLanes,T}"/>, or in a <see cref="NarrowTile{TLanes,T}"/> where the last
/// columns fit into one register. Columns of B as wide as a tile are copied side by side, as many rows of them as the first-level
/// cache holds, before all rows of A pass over them (Goto and van de Geijn 2008).</para>
/// </remarks>
[StructLayout(LayoutKind.Auto)]
internal readonly unsafe struct TileProduct(
    TileRows rows, int columns, TileSegments segments, int depth, int stepA, int stepB, int columnB = 1)
{
    // Most rows of a panel of B: 24 kB with registers of 256 bits, which leaves cache for the rows of A that meet it.
    private const int Deepest = 384;

    [SkipLocalsInit]
    public void Run<TLanes, T>(T* a, T* b, T* c, bool accumulate)
        where TLanes : unmanaged, ILanes<TLanes, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var panel = stackalloc T[Deepest * WideTile<TLanes, T>.Width];
        var runs = stackalloc TileRun[Deepest];
        var start = new TileStart(0, 0);
        do
        {
            var end = start;
            var j = 0;
            for (; columns - j > NarrowTile<TLanes, T>.Width; j += WideTile<TLanes, T>.Width)
                end = Columns<WideTile<TLanes, T>, TLanes, T>(a, b, c, j, start, panel, runs, accumulate);
            if (j < columns) end = Columns<NarrowTile<TLanes, T>, TLanes, T>(a, b, c, j, start, panel, runs, accumulate);
            start = end;
            accumulate = true;
        }
        while (start.Segment < segments.Count);
    }

    /// <summary>Computes the columns of a tile from column j on.</summary>
    /// <returns>The end of the panel.</returns>
    private TileStart Columns<TTile, TLanes, T>(
        T* a, T* b, T* c, int j, TileStart start, T* panel, TileRun* runs, bool accumulate)
        where TTile : struct, ITile<T>
        where TLanes : unmanaged, ILanes<TLanes, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var filled = Math.Min(TTile.Width, columns - j);
        var count = Pack<TLanes, T>(b + ((long)j * columnB), filled, TTile.Width, start, panel, runs, out var end);
        Over<TTile, T>(a, panel, new(runs, count), c + j, filled, accumulate);
        return end;
    }

    /// <summary>Copies a panel of B, and lists the matching runs of A.</summary>
    /// <returns>The number of runs.</returns>
    private int Pack<TLanes, T>(T* b, int filled, int width, TileStart start, T* panel, TileRun* runs, out TileStart end)
        where TLanes : unmanaged, ILanes<TLanes, T>
        where T : unmanaged
    {
        var (segment, from) = (start.Segment, start.Depth);
        int count = 0, left = Deepest;
        while (left > 0 && segment < segments.Count)
        {
            var length = Math.Min(left, depth - from);
            runs[count++] = new(segments.A[segment] + (from * stepA), length);
            var q = b + segments.B[segment] + ((long)from * stepB);
            if (columnB == 1) PackRows<TLanes, T>(q, filled, length, panel, width);
            else PackColumns(q, filled, length, panel, width);
            panel += length * width;
            left -= length;
            from += length;
            if (from == depth) (segment, from) = (segment + 1, 0);
        }
        end = new(segment, from);
        return count;
    }

    private void PackRows<TLanes, T>(T* b, int filled, int length, T* panel, int width)
        where TLanes : unmanaged, ILanes<TLanes, T>
        where T : unmanaged
    {
        for (var k = 0; k < length; k++, b += stepB, panel += width)
        {
            if (filled == width)
            {
                for (var j = 0; j < width; j += TLanes.Count) TLanes.Store(TLanes.Load(b + j), panel + j);
                continue;
            }
            Unsafe.CopyBlockUnaligned(panel, b, (uint)(filled * sizeof(T)));
            NativeMemory.Clear(panel + filled, (nuint)((width - filled) * sizeof(T)));
        }
    }

    private void PackColumns<T>(T* b, int filled, int length, T* panel, int width)
        where T : unmanaged
    {
        for (var j = 0; j < width; j++, b += columnB, panel++)
        {
            if (j < filled) for (var k = 0; k < length; k++) panel[k * width] = b[(long)k * stepB];
            else for (var k = 0; k < length; k++) panel[k * width] = default;
        }
    }

    /// <summary>Multiplies all rows of A by a panel. A partial tile is computed as a whole one in separate memory.</summary>
    private void Over<TTile, T>(T* a, T* panel, TileRuns runs, T* c, int filled, bool accumulate)
        where TTile : struct, ITile<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var i = 0;
        if (filled == TTile.Width)
            for (; i + TTile.Height <= rows.Count; i += TTile.Height)
                TTile.Run(a, rows.A + i, stepA, panel, runs, c, rows.C + i, accumulate);

        var buffer = stackalloc T[TTile.Height * TTile.Width];
        int* from = stackalloc int[TTile.Height], to = stackalloc int[TTile.Height];
        for (var row = 0; row < TTile.Height; row++) to[row] = row * TTile.Width;
        for (; i < rows.Count; i += TTile.Height)
        {
            for (var row = 0; row < TTile.Height; row++) from[row] = rows.A[Math.Min(i + row, rows.Count - 1)];
            TTile.Run(a, from, stepA, panel, runs, buffer, to, accumulate: false);
            for (var row = 0; row < Math.Min(TTile.Height, rows.Count - i); row++)
            {
                var place = c + rows.C[i + row];
                for (var j = 0; j < filled; j++) place[j] = buffer[to[row] + j] + (accumulate ? place[j] : T.Zero);
            }
        }
    }

    /// <summary>The segment and the depth at which a panel begins.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct TileStart(int Segment, int Depth);
}

/// <summary>The offsets of the rows of A and of C.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly unsafe struct TileRows(int* a, int* c, int count)
{
    public readonly int* A = a, C = c;
    public readonly int Count = count;
}

/// <summary>The offsets of the segments of A, from the beginning of a row, and of B.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly unsafe struct TileSegments(int* a, int* b, int count)
{
    public readonly int* A = a, B = b;
    public readonly int Count = count;
}
