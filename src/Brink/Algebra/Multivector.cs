using System.Numerics;
using Brink.Kernels;

namespace Brink.Algebra;

/// <summary>Linear algebra of multivectors, a few rows of p numbers each: all inner products, or any combinations of the rows,
/// in one pass over memory.</summary>
/// <remarks>
/// <para>The rows are so long that reading them dominates the cost; separate operations would read them from memory again each
/// time. They may be stored in several tensors, [p] or [j,p] each, which count as one list of rows.</para>
/// <para>Columns are divided into at most as many parts as libtorch has threads, and the parts' sums are added in order: the
/// same number of threads gives the same bits.</para>
/// </remarks>
internal static unsafe class Multivector
{
    // Columns that justify a thread, and the multiple of columns at which parts begin.
    private const long ElementsPerPart = 1 << 14, Line = 64;

    /// <summary>The inner products [m,n] of rows a [m,p] and b [n,p], summed in the rows' precision within blocks of 1024
    /// columns and in float64 across blocks.</summary>
    public static double[,] Inner(IReadOnlyList<Tensor> a, IReadOnlyList<Tensor> b)
    {
        var all = Addresses([.. a, .. b]);
        var m = a.Sum(tensor => tensor.dim() == 1 ? 1 : (int)tensor.shape[0]);
        var (left, right) = (all[..m], all[m..]);
        var sums = new double[m, right.Length];
        if (sums.Length == 0) return sums;
        var p = a[0].shape[^1];
        if (a[0].dtype == ScalarType.Float32) Inner<float>(left, right, p, sums);
        else Inner<double>(left, right, p, sums);
        return sums;
    }

    /// <summary>Computes the rows sum_l w[i,l] x_l [j,p] and their squared lengths.</summary>
    /// <param name="w">Weights [j,n]; a row of x whose weight is 0 is skipped.</param>
    /// <param name="x">Rows [n,p].</param>
    /// <param name="into">Destination, or null for new memory. A single row may be the first row of x itself.</param>
    public static (Tensor Rows, double[] Squares) Combine(double[,] w, IReadOnlyList<Tensor> x, Tensor? into = null)
    {
        var from = Addresses(x);
        if (from.Length != w.GetLength(1))
            throw new ArgumentException(
                $"the weights have {w.GetLength(1)} columns; there must be one for each of the {from.Length} rows", nameof(w));
        var (p, precision) = (x[0].shape[^1], x[0].dtype);
        var rows = into ?? Empty(w.GetLength(0), p, precision);
        var to = Addresses([rows]);
        if (to.Length != w.GetLength(0))
            throw new ArgumentException(
                $"the destination has {to.Length} rows; it must have {w.GetLength(0)}, one for each row of weights", nameof(into));
        var squares = precision == ScalarType.Float32 ? Combine<float>(w, from, p, to) : Combine<double>(w, from, p, to);
        return (rows, squares);
    }

    /// <summary>Allocates memory for rows [j,p].</summary>
    public static Tensor Empty(long j, long p, ScalarType precision) => TensorMemory.Rows(j, p, precision);

    /// <summary>Copies a row [p].</summary>
    public static Tensor Copy(Tensor row) => TensorMemory.Copy(row);

    /// <summary>Converts a small matrix [j,n] to weights.</summary>
    public static double[,] Weights(Tensor matrix)
    {
        var (j, n) = ((int)matrix.shape[0], (int)matrix.shape[1]);
        var weights = new double[j, n];
        if (weights.Length == 0) return weights;
        using var flat = matrix.to(ScalarType.Float64).contiguous();
        Buffer.BlockCopy(flat.data<double>().ToArray(), 0, weights, 0, j * n * sizeof(double));
        return weights;
    }

    private static void Inner<T>(nint[] a, nint[] b, long p, double[,] sums)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var all = Summed(p, sums.Length, (start, end, own) =>
        {
            fixed (nint* left = a, right = b)
            fixed (double* sum = own)
                Passes<T>.Widest.Inner(start, end, (T**)left, a.Length, (T**)right, b.Length, sum);
        });
        Buffer.BlockCopy(all, 0, sums, 0, all.Length * sizeof(double));
    }

    private static double[] Combine<T>(double[,] w, nint[] x, long p, nint[] y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var weights = new T[w.Length];
        for (var i = 0; i < y.Length; i++)
            for (var l = 0; l < x.Length; l++) weights[(i * x.Length) + l] = T.CreateTruncating(w[i, l]);
        return Summed(p, y.Length, (start, end, own) =>
        {
            fixed (nint* from = x, to = y)
            fixed (T* weight = weights)
            fixed (double* square = own)
                Passes<T>.Widest.Combine(start, end, weight, (T**)from, x.Length, (T**)to, y.Length, square);
        });
    }

    /// <summary>Runs the parts side by side and adds up their sums over the columns.</summary>
    private static double[] Summed(long p, int count, Action<long, long, double[]> part)
    {
        var parts = Parts(p);
        var partial = new double[parts][];
        Team.Run(parts, i =>
        {
            var (start, end) = Part(p, i, parts);
            partial[i] = new double[count];
            part(start, end, partial[i]);
        });
        var sums = new double[count];
        foreach (var own in partial)
            for (var i = 0; i < count; i++) sums[i] += own[i];
        return sums;
    }

    private static int Parts(long p) => (int)Math.Clamp(p / ElementsPerPart, 1, get_num_threads());

    private static (long Start, long End) Part(long p, int part, int parts) => (
        p * part / parts / Line * Line,
        part == parts - 1 ? p : p * (part + 1) / parts / Line * Line);

    private static nint[] Addresses(IReadOnlyList<Tensor> tensors)
    {
        using var scope = NewDisposeScope();
        var addresses = new List<nint>();
        foreach (var tensor in tensors)
        {
            if (tensor.dtype != tensors[0].dtype || tensor.shape[^1] != tensors[0].shape[^1] || !tensor.is_contiguous())
                throw new ArgumentException(
                    $"a tensor is {tensor.dtype} [{string.Join(',', tensor.shape)}] "
                        + $"and the first is {tensors[0].dtype} [{string.Join(',', tensors[0].shape)}];"
                        + " all must be contiguous, with one type and one row length",
                    nameof(tensors));
            if (tensor.dim() == 1) addresses.Add(TensorMemory.Address(tensor));
            // Row by row: a whole tensor may have more bytes than a span can count.
            else for (var i = 0; i < tensor.shape[0]; i++) addresses.Add(TensorMemory.Address(tensor[i]));
        }
        return [.. addresses];
    }
}
