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
/// <para>Sums stay in registers, in tiles of six rows by two registers: with two of B and one of A they fit the sixteen
/// registers of 256-bit processors, and twelve chains of sums are more than a multiplier's latency requires. Columns of B as
/// wide as a tile are copied side by side, as many rows of them as the first-level cache holds, before all rows of A pass over
/// them (Goto and van de Geijn 2008).</para>
/// </remarks>
[StructLayout(LayoutKind.Auto)]
internal readonly unsafe struct TileProduct(
    TileRows rows, int columns, TileSegments segments, int depth, int stepA, int stepB, int columnB = 1)
{
    private const int Height = 6;

    // Most rows of a panel of B: 24 kB with registers of 256 bits, which leaves cache for the rows of A that meet it.
    private const int Deepest = 384;

    [SkipLocalsInit]
    public void Run<TLanes, T>(T* a, T* b, T* c, bool accumulate)
        where TLanes : unmanaged, ILanes<TLanes, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var width = 2 * TLanes.Count;
        var panel = stackalloc T[Deepest * width];
        var runs = stackalloc TileRun[Deepest];
        var start = new TileStart(0, 0);
        do
        {
            var end = start;
            for (var j = 0; j < columns; j += width)
            {
                var filled = Math.Min(width, columns - j);
                var count = Pack(b + ((long)j * columnB), filled, width, start, panel, runs, out end);
                Over<TLanes, T>(a, panel, new(runs, count), c + j, filled, accumulate);
            }
            start = end;
            accumulate = true;
        }
        while (start.Segment < segments.Count);
    }

    /// <summary>Copies a panel of B, and lists the matching runs of A.</summary>
    /// <returns>The number of runs.</returns>
    private int Pack<T>(T* b, int filled, int width, TileStart start, T* panel, TileRun* runs, out TileStart end)
        where T : unmanaged
    {
        var (segment, from) = (start.Segment, start.Depth);
        int count = 0, left = Deepest;
        while (left > 0 && segment < segments.Count)
        {
            var length = Math.Min(left, depth - from);
            runs[count++] = new(segments.A[segment] + (from * stepA), length);
            var q = b + segments.B[segment] + ((long)from * stepB);
            if (columnB == 1) PackRows(q, filled, length, panel, width);
            else PackColumns(q, filled, length, panel, width);
            panel += length * width;
            left -= length;
            from += length;
            if (from == depth) (segment, from) = (segment + 1, 0);
        }
        end = new(segment, from);
        return count;
    }

    private void PackRows<T>(T* b, int filled, int length, T* panel, int width)
        where T : unmanaged
    {
        for (var k = 0; k < length; k++, b += stepB, panel += width)
        {
            Unsafe.CopyBlockUnaligned(panel, b, (uint)(filled * sizeof(T)));
            if (filled < width) NativeMemory.Clear(panel + filled, (nuint)((width - filled) * sizeof(T)));
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
    private void Over<TLanes, T>(T* a, T* panel, TileRuns runs, T* c, int filled, bool accumulate)
        where TLanes : unmanaged, ILanes<TLanes, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var width = 2 * TLanes.Count;
        var i = 0;
        if (filled == width)
            for (; i + Height <= rows.Count; i += Height)
                Tile<TLanes, T>(a, rows.A + i, stepA, panel, runs, c, rows.C + i, accumulate);

        var buffer = stackalloc T[Height * width];
        int* from = stackalloc int[Height], to = stackalloc int[Height];
        for (var row = 0; row < Height; row++) to[row] = row * width;
        for (; i < rows.Count; i += Height)
        {
            for (var row = 0; row < Height; row++) from[row] = rows.A[Math.Min(i + row, rows.Count - 1)];
            Tile<TLanes, T>(a, from, stepA, panel, runs, buffer, to, accumulate: false);
            for (var row = 0; row < Math.Min(Height, rows.Count - i); row++)
            {
                var place = c + rows.C[i + row];
                for (var j = 0; j < filled; j++) place[j] = buffer[to[row] + j] + (accumulate ? place[j] : T.Zero);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<TLanes, T>(T* a, int* from, nint step, T* panel, TileRuns runs, T* c, int* to, bool accumulate)
        where TLanes : unmanaged, ILanes<TLanes, T>
        where T : unmanaged
    {
        nint i0 = from[0], i1 = from[1], i2 = from[2], i3 = from[3], i4 = from[4], i5 = from[5];
        TLanes c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
        TLanes c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        var end = runs.First + runs.Count;
        for (var run = runs.First; run < end; run++)
        {
            var p = a + run->Start;
            for (var k = run->Length; k > 0; k--, p += step, panel += 2 * TLanes.Count)
            {
                var (b0, b1) = (TLanes.Load(panel), TLanes.Load(panel + TLanes.Count));
                var x = TLanes.All(p[i0]);
                (c00, c01) = (TLanes.Fma(x, b0, c00), TLanes.Fma(x, b1, c01));
                x = TLanes.All(p[i1]);
                (c10, c11) = (TLanes.Fma(x, b0, c10), TLanes.Fma(x, b1, c11));
                x = TLanes.All(p[i2]);
                (c20, c21) = (TLanes.Fma(x, b0, c20), TLanes.Fma(x, b1, c21));
                x = TLanes.All(p[i3]);
                (c30, c31) = (TLanes.Fma(x, b0, c30), TLanes.Fma(x, b1, c31));
                x = TLanes.All(p[i4]);
                (c40, c41) = (TLanes.Fma(x, b0, c40), TLanes.Fma(x, b1, c41));
                x = TLanes.All(p[i5]);
                (c50, c51) = (TLanes.Fma(x, b0, c50), TLanes.Fma(x, b1, c51));
            }
        }
        Store<TLanes, T>(c00, c01, c + to[0], accumulate);
        Store<TLanes, T>(c10, c11, c + to[1], accumulate);
        Store<TLanes, T>(c20, c21, c + to[2], accumulate);
        Store<TLanes, T>(c30, c31, c + to[3], accumulate);
        Store<TLanes, T>(c40, c41, c + to[4], accumulate);
        Store<TLanes, T>(c50, c51, c + to[5], accumulate);
    }

    private static void Store<TLanes, T>(TLanes left, TLanes right, T* c, bool accumulate)
        where TLanes : unmanaged, ILanes<TLanes, T>
        where T : unmanaged
    {
        if (accumulate)
        {
            left += TLanes.Load(c);
            right += TLanes.Load(c + TLanes.Count);
        }
        TLanes.Store(left, c);
        TLanes.Store(right, c + TLanes.Count);
    }

    /// <summary>The segment and the depth at which a panel begins.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct TileStart(int Segment, int Depth);

    /// <summary>Elements of A, stepA apart, that multiply rows of a panel.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct TileRun(int Start, int Length);

    [StructLayout(LayoutKind.Auto)]
    private readonly struct TileRuns(TileRun* first, int count)
    {
        public readonly TileRun* First = first;
        public readonly int Count = count;
    }
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
