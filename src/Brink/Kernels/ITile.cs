using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Brink.Kernels;

/// <summary>A tile of C whose sums stay in registers.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal unsafe interface ITile<T>
    where T : unmanaged
{
    /// <summary>The number of rows.</summary>
    static abstract int Height { get; }

    /// <summary>The number of columns.</summary>
    static abstract int Width { get; }

    /// <summary>C (+)= A B for the rows and columns of the tile.</summary>
    /// <param name="a">A.</param>
    /// <param name="from">Offsets of the rows of A.</param>
    /// <param name="step">Elements of A between two rows of the panel.</param>
    /// <param name="panel">B, [depth,<see cref="Width"/>].</param>
    /// <param name="runs">Elements of A that multiply the rows of the panel, in order.</param>
    /// <param name="c">C.</param>
    /// <param name="to">Offsets of the rows of C.</param>
    /// <param name="accumulate">Whether the product is added to C.</param>
    static abstract void Run(T* a, int* from, nint step, T* panel, TileRuns runs, T* c, int* to, bool accumulate);
}

/// <summary>Six rows by two registers: with two of B and one of A the sums fit the sixteen registers of 256-bit processors, and
/// twelve chains of sums are more than a multiplier's latency requires.</summary>
internal readonly unsafe struct WideTile<TLanes, T> : ITile<T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    public static int Height => 6;

    public static int Width => 2 * TLanes.Count;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(T* a, int* from, nint step, T* panel, TileRuns runs, T* c, int* to, bool accumulate)
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
        Tile.Store(c00, c + to[0], accumulate);
        Tile.Store(c01, c + to[0] + TLanes.Count, accumulate);
        Tile.Store(c10, c + to[1], accumulate);
        Tile.Store(c11, c + to[1] + TLanes.Count, accumulate);
        Tile.Store(c20, c + to[2], accumulate);
        Tile.Store(c21, c + to[2] + TLanes.Count, accumulate);
        Tile.Store(c30, c + to[3], accumulate);
        Tile.Store(c31, c + to[3] + TLanes.Count, accumulate);
        Tile.Store(c40, c + to[4], accumulate);
        Tile.Store(c41, c + to[4] + TLanes.Count, accumulate);
        Tile.Store(c50, c + to[5], accumulate);
        Tile.Store(c51, c + to[5] + TLanes.Count, accumulate);
    }
}

/// <summary>Twelve rows by one register, for columns that do not fill two.</summary>
internal readonly unsafe struct NarrowTile<TLanes, T> : ITile<T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    public static int Height => 12;

    public static int Width => TLanes.Count;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(T* a, int* from, nint step, T* panel, TileRuns runs, T* c, int* to, bool accumulate)
    {
        nint i0 = from[0], i1 = from[1], i2 = from[2], i3 = from[3], i4 = from[4], i5 = from[5];
        nint i6 = from[6], i7 = from[7], i8 = from[8], i9 = from[9], i10 = from[10], i11 = from[11];
        TLanes c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default;
        TLanes c6 = default, c7 = default, c8 = default, c9 = default, c10 = default, c11 = default;
        var end = runs.First + runs.Count;
        for (var run = runs.First; run < end; run++)
        {
            var p = a + run->Start;
            for (var k = run->Length; k > 0; k--, p += step, panel += TLanes.Count)
            {
                var b = TLanes.Load(panel);
                c0 = TLanes.Fma(TLanes.All(p[i0]), b, c0);
                c1 = TLanes.Fma(TLanes.All(p[i1]), b, c1);
                c2 = TLanes.Fma(TLanes.All(p[i2]), b, c2);
                c3 = TLanes.Fma(TLanes.All(p[i3]), b, c3);
                c4 = TLanes.Fma(TLanes.All(p[i4]), b, c4);
                c5 = TLanes.Fma(TLanes.All(p[i5]), b, c5);
                c6 = TLanes.Fma(TLanes.All(p[i6]), b, c6);
                c7 = TLanes.Fma(TLanes.All(p[i7]), b, c7);
                c8 = TLanes.Fma(TLanes.All(p[i8]), b, c8);
                c9 = TLanes.Fma(TLanes.All(p[i9]), b, c9);
                c10 = TLanes.Fma(TLanes.All(p[i10]), b, c10);
                c11 = TLanes.Fma(TLanes.All(p[i11]), b, c11);
            }
        }
        Tile.Store(c0, c + to[0], accumulate);
        Tile.Store(c1, c + to[1], accumulate);
        Tile.Store(c2, c + to[2], accumulate);
        Tile.Store(c3, c + to[3], accumulate);
        Tile.Store(c4, c + to[4], accumulate);
        Tile.Store(c5, c + to[5], accumulate);
        Tile.Store(c6, c + to[6], accumulate);
        Tile.Store(c7, c + to[7], accumulate);
        Tile.Store(c8, c + to[8], accumulate);
        Tile.Store(c9, c + to[9], accumulate);
        Tile.Store(c10, c + to[10], accumulate);
        Tile.Store(c11, c + to[11], accumulate);
    }
}

/// <summary>Elements of A, one step apart, that multiply rows of a panel.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TileRun(int Start, int Length);

[StructLayout(LayoutKind.Auto)]
internal readonly unsafe struct TileRuns(TileRun* first, int count)
{
    public readonly TileRun* First = first;
    public readonly int Count = count;
}

file static unsafe class Tile
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TLanes, T>(TLanes lanes, T* c, bool accumulate)
        where TLanes : unmanaged, ILanes<TLanes, T>
        where T : unmanaged => TLanes.Store(accumulate ? lanes + TLanes.Load(c) : lanes, c);
}
