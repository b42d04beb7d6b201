using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Brink.Kernels;

/// <summary>A matrix product C = A B, or C += A B, whose left factor is read by strides and whose columns are
/// few.</summary>
/// <remarks>
/// <para>The sum runs over Segments times Depth: C[i,j] = sum_s sum_k A[i,s,k] B[s,k,j], with A[i,s,k] at
/// i Row + s Segment + k Step. That is what a convolution is on images whose channels lie innermost: rows are pixels,
/// segments the rows of the kernel, and the depth runs over the inputs of a kernel's row, which lie side by side. Its
/// weight gradient is the same product with pixels summed over. No patch is ever copied.</para>
/// <para>Sums stay in registers: a tile of <see cref="ILanes{TLanes,T}.TileRows"/> rows by two registers.</para>
/// </remarks>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TileProduct(
    int Rows, int Columns, int Segments, int Depth, LeftStrides A, RightStrides B, int RowC)
{
    public unsafe void Run<TLanes, T>(T* a, T* b, T* c, bool accumulate)
        where TLanes : unmanaged, ILanes<TLanes, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var width = 2 * TLanes.Count;
        var j = 0;
        for (; j + width <= Columns; j += width)
        {
            var i = 0;
            if (TLanes.TileRows == 8)
                for (; i + 8 <= Rows; i += 8)
                    Eight<TLanes, T>(a + ((long)i * A.Row), b + j, c + ((long)i * RowC) + j, accumulate);
            for (; i + 4 <= Rows; i += 4)
                Four<TLanes, T>(a + ((long)i * A.Row), b + j, c + ((long)i * RowC) + j, accumulate);
            for (; i < Rows; i++)
                One<TLanes, T>(a + ((long)i * A.Row), b + j, c + ((long)i * RowC) + j, accumulate);
        }
        for (; j + TLanes.Count <= Columns; j += TLanes.Count)
        {
            var i = 0;
            for (; i + 8 <= Rows; i += 8)
                EightNarrow<TLanes, T>(a + ((long)i * A.Row), b + j, c + ((long)i * RowC) + j, accumulate);
            for (; i < Rows; i++)
                for (var rest = 0; rest < TLanes.Count; rest++)
                    Single(a + ((long)i * A.Row), b + j + rest, c + ((long)i * RowC) + j + rest, accumulate);
        }
        for (; j < Columns; j++)
            for (var i = 0; i < Rows; i++)
                Single(a + ((long)i * A.Row), b + j, c + ((long)i * RowC) + j, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void Eight<TLanes, T>(T* a, T* b, T* c, bool accumulate)
        where TLanes : unmanaged, ILanes<TLanes, T>
        where T : unmanaged
    {
        var n = TLanes.Count;
        long row = A.Row;
        TLanes c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
        TLanes c40 = default, c41 = default, c50 = default, c51 = default, c60 = default, c61 = default, c70 = default, c71 = default;
        for (var s = 0; s < Segments; s++)
        {
            var p = a + ((long)s * A.Segment);
            var q = b + ((long)s * B.Segment);
            for (var k = 0; k < Depth; k++, p += A.Step, q += B.Step)
            {
                var (b0, b1) = (TLanes.Load(q), TLanes.Load(q + n));
                var x = TLanes.All(*p);
                (c00, c01) = (TLanes.Fma(x, b0, c00), TLanes.Fma(x, b1, c01));
                x = TLanes.All(p[row]);
                (c10, c11) = (TLanes.Fma(x, b0, c10), TLanes.Fma(x, b1, c11));
                x = TLanes.All(p[2 * row]);
                (c20, c21) = (TLanes.Fma(x, b0, c20), TLanes.Fma(x, b1, c21));
                x = TLanes.All(p[3 * row]);
                (c30, c31) = (TLanes.Fma(x, b0, c30), TLanes.Fma(x, b1, c31));
                x = TLanes.All(p[4 * row]);
                (c40, c41) = (TLanes.Fma(x, b0, c40), TLanes.Fma(x, b1, c41));
                x = TLanes.All(p[5 * row]);
                (c50, c51) = (TLanes.Fma(x, b0, c50), TLanes.Fma(x, b1, c51));
                x = TLanes.All(p[6 * row]);
                (c60, c61) = (TLanes.Fma(x, b0, c60), TLanes.Fma(x, b1, c61));
                x = TLanes.All(p[7 * row]);
                (c70, c71) = (TLanes.Fma(x, b0, c70), TLanes.Fma(x, b1, c71));
            }
        }
        Store<TLanes, T>(c00, c01, c, accumulate);
        Store<TLanes, T>(c10, c11, c + RowC, accumulate);
        Store<TLanes, T>(c20, c21, c + (2L * RowC), accumulate);
        Store<TLanes, T>(c30, c31, c + (3L * RowC), accumulate);
        Store<TLanes, T>(c40, c41, c + (4L * RowC), accumulate);
        Store<TLanes, T>(c50, c51, c + (5L * RowC), accumulate);
        Store<TLanes, T>(c60, c61, c + (6L * RowC), accumulate);
        Store<TLanes, T>(c70, c71, c + (7L * RowC), accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void Four<TLanes, T>(T* a, T* b, T* c, bool accumulate)
        where TLanes : unmanaged, ILanes<TLanes, T>
        where T : unmanaged
    {
        var n = TLanes.Count;
        long row = A.Row;
        TLanes c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
        for (var s = 0; s < Segments; s++)
        {
            var p = a + ((long)s * A.Segment);
            var q = b + ((long)s * B.Segment);
            for (var k = 0; k < Depth; k++, p += A.Step, q += B.Step)
            {
                var (b0, b1) = (TLanes.Load(q), TLanes.Load(q + n));
                var x = TLanes.All(*p);
                (c00, c01) = (TLanes.Fma(x, b0, c00), TLanes.Fma(x, b1, c01));
                x = TLanes.All(p[row]);
                (c10, c11) = (TLanes.Fma(x, b0, c10), TLanes.Fma(x, b1, c11));
                x = TLanes.All(p[2 * row]);
                (c20, c21) = (TLanes.Fma(x, b0, c20), TLanes.Fma(x, b1, c21));
                x = TLanes.All(p[3 * row]);
                (c30, c31) = (TLanes.Fma(x, b0, c30), TLanes.Fma(x, b1, c31));
            }
        }
        Store<TLanes, T>(c00, c01, c, accumulate);
        Store<TLanes, T>(c10, c11, c + RowC, accumulate);
        Store<TLanes, T>(c20, c21, c + (2L * RowC), accumulate);
        Store<TLanes, T>(c30, c31, c + (3L * RowC), accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void One<TLanes, T>(T* a, T* b, T* c, bool accumulate)
        where TLanes : unmanaged, ILanes<TLanes, T>
        where T : unmanaged
    {
        TLanes c0 = default, c1 = default;
        for (var s = 0; s < Segments; s++)
        {
            var p = a + ((long)s * A.Segment);
            var q = b + ((long)s * B.Segment);
            for (var k = 0; k < Depth; k++, p += A.Step, q += B.Step)
            {
                var x = TLanes.All(*p);
                (c0, c1) = (TLanes.Fma(x, TLanes.Load(q), c0), TLanes.Fma(x, TLanes.Load(q + TLanes.Count), c1));
            }
        }
        Store<TLanes, T>(c0, c1, c, accumulate);
    }

    /// <summary>Eight rows by one register, where the columns are an odd number of registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void EightNarrow<TLanes, T>(T* a, T* b, T* c, bool accumulate)
        where TLanes : unmanaged, ILanes<TLanes, T>
        where T : unmanaged
    {
        long row = A.Row;
        TLanes c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default;
        for (var s = 0; s < Segments; s++)
        {
            var p = a + ((long)s * A.Segment);
            var q = b + ((long)s * B.Segment);
            for (var k = 0; k < Depth; k++, p += A.Step, q += B.Step)
            {
                var x = TLanes.Load(q);
                c0 = TLanes.Fma(TLanes.All(*p), x, c0);
                c1 = TLanes.Fma(TLanes.All(p[row]), x, c1);
                c2 = TLanes.Fma(TLanes.All(p[2 * row]), x, c2);
                c3 = TLanes.Fma(TLanes.All(p[3 * row]), x, c3);
                c4 = TLanes.Fma(TLanes.All(p[4 * row]), x, c4);
                c5 = TLanes.Fma(TLanes.All(p[5 * row]), x, c5);
                c6 = TLanes.Fma(TLanes.All(p[6 * row]), x, c6);
                c7 = TLanes.Fma(TLanes.All(p[7 * row]), x, c7);
            }
        }
        Put(c0, c);
        Put(c1, c + RowC);
        Put(c2, c + (2L * RowC));
        Put(c3, c + (3L * RowC));
        Put(c4, c + (4L * RowC));
        Put(c5, c + (5L * RowC));
        Put(c6, c + (6L * RowC));
        Put(c7, c + (7L * RowC));

        void Put(TLanes sums, T* c) => TLanes.Store(accumulate ? sums + TLanes.Load(c) : sums, c);
    }

    /// <summary>One element, where fewer columns are left than two registers hold.</summary>
    private unsafe void Single<T>(T* a, T* b, T* c, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sum = T.Zero;
        for (var s = 0; s < Segments; s++)
        {
            var p = a + ((long)s * A.Segment);
            var q = b + ((long)s * B.Segment);
            for (var k = 0; k < Depth; k++, p += A.Step, q += B.Step) sum = T.FusedMultiplyAdd(*p, *q, sum);
        }
        *c = accumulate ? *c + sum : sum;
    }

    private static unsafe void Store<TLanes, T>(TLanes left, TLanes right, T* c, bool accumulate)
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
}

/// <summary>Of the left factor, in elements.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LeftStrides(int Row, int Segment, int Step);

/// <summary>Of the right factor, whose columns lie side by side, in elements.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RightStrides(int Segment, int Step);
