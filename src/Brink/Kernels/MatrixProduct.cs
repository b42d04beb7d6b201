using System.Numerics;
using System.Runtime.InteropServices;

namespace Brink.Kernels;

/// <summary>c (+)= a b, of matrices that may be transposed in memory, as a <see cref="TileProduct"/> of one segment.</summary>
internal static unsafe class MatrixProduct
{
    // Rows of A between two copies of a panel of B. Their part of A, with the deepest panel, fits the second-level cache.
    private const int Together = 480;

    public static void Run<T>(Passes<T> passes, Matrix<T> a, Matrix<T> b, Matrix<T> c, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (c.Rows == 0 || c.Columns == 0) return;
        var (rowA, stepA) = a.Transposed ? (1, a.Stride) : (a.Stride, 1);
        var (stepB, columnB) = b.Transposed ? (1, b.Stride) : (b.Stride, 1);
        var together = Math.Min(c.Rows, Math.Clamp(int.MaxValue / Math.Max(rowA, c.Stride), 1, Together));
        int* from = stackalloc int[together], to = stackalloc int[together];
        for (var i = 0; i < together; i++) (from[i], to[i]) = (i * rowA, i * c.Stride);
        var start = 0;
        var whole = new TileSegments(&start, &start, 1);
        for (var i = 0; i < c.Rows; i += together)
        {
            var rows = new TileRows(from, to, Math.Min(together, c.Rows - i));
            passes.Product(
                new(rows, c.Columns, whole, a.Columns, stepA, stepB, columnB),
                a.Data + ((long)i * rowA),
                b.Data,
                c.Data + ((long)i * c.Stride),
                accumulate);
        }
    }
}

/// <summary>A matrix stored by rows. Rows and columns are counted after the transposition; the stride is between rows in
/// memory.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly unsafe struct Matrix<T>(T* data, int rows, int columns, int stride, bool transposed = false)
    where T : unmanaged
{
    public readonly T* Data = data;
    public readonly int Rows = rows, Columns = columns, Stride = stride;
    public readonly bool Transposed = transposed;
}
