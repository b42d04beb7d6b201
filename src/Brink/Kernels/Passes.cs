using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Brink.Kernels;

/// <summary>The passes over memory that a derivative engine is made of, for one thread. Every pass takes the
/// processor's widest registers.</summary>
/// <remarks>All arrays are dense. Where a pass accumulates it adds to what the result holds, and otherwise
/// overwrites it, whatever that was.</remarks>
/// <typeparam name="T">float or double.</typeparam>
internal abstract unsafe class Passes<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The widest that this processor has.</summary>
    public static Passes<T> Widest { get; } =
        Vector512.IsHardwareAccelerated ? new LanePasses<Lanes512<T>, T>()
        : Vector256.IsHardwareAccelerated ? new LanePasses<Lanes256<T>, T>()
        : new LanePasses<Lane<T>, T>();

    /// <summary>Numbers in a register.</summary>
    public abstract int Lanes { get; }

    /// <summary>y (+)= a x.</summary>
    public abstract void Scale(long n, double a, T* x, T* y, bool accumulate);

    /// <summary>y (+)= x, rows of so many columns that begin so far apart.</summary>
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

    /// <summary>y (+)= a s, a number of s for each row of y [rows,columns].</summary>
    public abstract void SpreadRows(long rows, int columns, double a, T* s, T* y, bool accumulate);

    /// <summary>y (+)= x s, a number of s for each row.</summary>
    public abstract void MultiplyRows(long rows, int columns, T* x, T* s, T* y, bool accumulate);

    /// <summary>s (+)= a times the sum of each row of x, or of x w where w is not null.</summary>
    public abstract void SumRows(long rows, int columns, double a, T* x, T* w, T* s, bool accumulate);

    /// <summary>y = x - the largest number of its row.</summary>
    public abstract void SubtractLargest(long rows, int columns, T* x, T* y);

    /// <summary>y = f(x).</summary>
    public abstract void Values<TFunction>(TFunction f, long n, T* x, T* y)
        where TFunction : struct, IElementwise;

    /// <summary>The coefficient y of an order of f(x(t)), from the first on.</summary>
    /// <param name="f">The function.</param>
    /// <param name="order">Of the coefficient.</param>
    /// <param name="n">Numbers.</param>
    /// <param name="x">The coefficients of x; null for the lowest if not <see cref="IElementwise.ReadsArgument"/>.</param>
    /// <param name="value">f of the lowest; null if not <see cref="IElementwise.ReadsValue"/>.</param>
    /// <param name="y">Where it is put.</param>
    public abstract void Forward<TFunction>(TFunction f, int order, long n, Series<T> x, T* value, T* y)
        where TFunction : struct, IElementwise;

    /// <summary>The coefficient of an order of f'(x(t)) ybar(t), which is what f passes back.</summary>
    /// <inheritdoc cref="Forward"/>
    public abstract void Backward<TFunction>(
        TFunction f, int order, long n, Series<T> x, T* value, Series<T> ybar, T* xbar, bool accumulate)
        where TFunction : struct, IElementwise;

    /// <summary>y (+)= the means of squares of x [images,height,width,channels].</summary>
    public abstract void Pool(PoolShape shape, T* x, T* y, bool accumulate);

    /// <summary>x (+)= the transpose of <see cref="Pool"/>.</summary>
    public abstract void Unpool(PoolShape shape, T* y, T* x, bool accumulate);

    /// <summary>sums[i,j] += a_i . b_j of rows, from one column to another; blocks of them are added up in float64.</summary>
    public abstract void Inner(long start, long end, T** a, int m, T** b, int n, double* sums);

    /// <summary>y_i = sum_l w[i,l] x_l of rows, from one column to another, leaving out what has the weight 0; and
    /// squares[i] += y_i . y_i. A row of y may be the first that it is made of.</summary>
    public abstract void Combine(long start, long end, T* w, T** x, int n, T** y, int m, double* squares);

    /// <summary>c (+)= a b.</summary>
    public abstract void Product(TileProduct shape, T* a, T* b, T* c, bool accumulate);
}

/// <summary>An array [blocks,rows,columns] beside one [blocks,columns].</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Blocks(int Count, int Rows, int Columns);

/// <summary>Images [images,height,width,channels] and the side of the squares.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PoolShape(int Images, int Height, int Width, int Channels, int Side);

/// <summary>The coefficients of a truncated polynomial in t, each an array; null where it is zero by
/// construction.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly unsafe struct Series<T>(T* c0, T* c1 = null, T* c2 = null, T* c3 = null)
    where T : unmanaged
{
    public readonly T* C0 = c0, C1 = c1, C2 = c2, C3 = c3;

    /// <summary>From an element on.</summary>
    public Series<T> From(long i) => new(
        C0 == null ? null : C0 + i, C1 == null ? null : C1 + i, C2 == null ? null : C2 + i, C3 == null ? null : C3 + i);
}
