using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Brink.Kernels;

/// <summary>The passes over memory of a derivative engine, each for one thread and with the processor's widest
/// registers.</summary>
/// <remarks>All arrays are dense. A pass that accumulates adds to the result; otherwise the pass overwrites it, whatever it
/// held.</remarks>
/// <typeparam name="T">float or double.</typeparam>
internal abstract unsafe class Passes<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The passes with the widest registers of this processor.</summary>
    public static Passes<T> Widest { get; } =
        Vector512.IsHardwareAccelerated ? new LanePasses<Lanes512<T>, T>()
        : Vector256.IsHardwareAccelerated ? new LanePasses<Lanes256<T>, T>()
        : new LanePasses<Lane<T>, T>();

    /// <summary>The numbers in a register.</summary>
    public abstract int Lanes { get; }

    /// <summary>y (+)= a x.</summary>
    public abstract void Scale(long n, double a, T* x, T* y, bool accumulate);

    /// <summary>y (+)= x, for rows of the given columns and strides.</summary>
    public abstract void Copy(long rows, int columns, T* x, long strideX, T* y, long strideY, bool accumulate);

    /// <summary>y (+)= x w, element by element.</summary>
    public abstract void Multiply(long n, T* x, T* w, T* y, bool accumulate);

    /// <summary>y (+)= a s, spread over the rows of each block.</summary>
    public abstract void SpreadColumns(Blocks shape, double a, T* s, T* y, bool accumulate);

    /// <summary>y (+)= x s, s spread over the rows of each block.</summary>
    public abstract void MultiplyColumns(Blocks shape, T* x, T* s, T* y, bool accumulate);

    /// <summary>s (+)= a times the sum of x, or of x w where w is not null, over the rows of each
    /// block.</summary>
    public abstract void SumColumns(Blocks shape, double a, T* x, T* w, T* s, bool accumulate);

    /// <summary>y (+)= a s, one number of s for each row of y [rows,columns].</summary>
    public abstract void SpreadRows(long rows, int columns, double a, T* s, T* y, bool accumulate);

    /// <summary>y (+)= x s, one number of s for each row.</summary>
    public abstract void MultiplyRows(long rows, int columns, T* x, T* s, T* y, bool accumulate);

    /// <summary>s (+)= a times the sum of each row of x, or of x w where w is not null.</summary>
    public abstract void SumRows(long rows, int columns, double a, T* x, T* w, T* s, bool accumulate);

    /// <summary>y = x - the largest number of its row.</summary>
    public abstract void SubtractLargest(long rows, int columns, T* x, T* y);

    /// <summary>y = f(x).</summary>
    public abstract void Values<TFunction>(TFunction f, long n, T* x, T* y)
        where TFunction : struct, IElementwise;

    /// <summary>Computes the coefficient y of an order, at least 1, of f(x(t)).</summary>
    /// <param name="f">The function.</param>
    /// <param name="order">Order of the coefficient.</param>
    /// <param name="n">Number of elements.</param>
    /// <param name="x">Coefficients of x; the lowest is null unless <see cref="IElementwise.ReadsArgument"/>.</param>
    /// <param name="value">f of the lowest coefficient; null unless <see cref="IElementwise.ReadsValue"/>.</param>
    /// <param name="y">Destination.</param>
    public abstract void Forward<TFunction>(TFunction f, int order, long n, Series<T> x, T* value, T* y)
        where TFunction : struct, IElementwise;

    /// <summary>Computes the coefficient of an order of f'(x(t)) ybar(t), which f passes back.</summary>
    /// <inheritdoc cref="Forward"/>
    public abstract void Backward<TFunction>(
        TFunction f, int order, long n, Series<T> x, T* value, Series<T> ybar, T* xbar, bool accumulate)
        where TFunction : struct, IElementwise;

    /// <summary>y (+)= the means over square windows of x [images,height,width,channels].</summary>
    public abstract void Pool(PoolShape shape, T* x, T* y, bool accumulate);

    /// <summary>x (+)= the transpose of <see cref="Pool"/>.</summary>
    public abstract void Unpool(PoolShape shape, T* y, T* x, bool accumulate);

    /// <summary>sums[i,j] += a_i . b_j over the columns from start to end; sums of blocks are added in float64.</summary>
    public abstract void Inner(long start, long end, T** a, int m, T** b, int n, double* sums);

    /// <summary>y_i = sum_l w[i,l] x_l over the columns from start to end, without terms of weight 0; and squares[i] +=
    /// y_i . y_i. A row of y may be the first row that it combines.</summary>
    public abstract void Combine(long start, long end, T* w, T** x, int n, T** y, int m, double* squares);

    /// <summary>c (+)= a b.</summary>
    public void Product(Matrix<T> a, Matrix<T> b, Matrix<T> c, bool accumulate) => MatrixProduct.Run(this, a, b, c, accumulate);

    /// <summary>c (+)= a b.</summary>
    public abstract void Product(TileProduct shape, T* a, T* b, T* c, bool accumulate);
}

/// <summary>The shapes of an array [blocks,rows,columns] and of a smaller one [blocks,columns].</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Blocks(int Count, int Rows, int Columns);

/// <summary>The shape of images [images,height,width,channels], and the side of the square windows.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PoolShape(int Images, int Height, int Width, int Channels, int Side);

/// <summary>The coefficients of a truncated polynomial in t, each an array, or null if zero by construction.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly unsafe struct Series<T>(T* c0, T* c1 = null, T* c2 = null, T* c3 = null)
    where T : unmanaged
{
    public readonly T* C0 = c0, C1 = c1, C2 = c2, C3 = c3;

    /// <summary>Returns the series from an element on.</summary>
    public Series<T> From(long i) => new(
        C0 == null ? null : C0 + i, C1 == null ? null : C1 + i, C2 == null ? null : C2 + i, C3 == null ? null : C3 + i);
}
