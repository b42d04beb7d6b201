namespace Brink.Algebra;

/// <summary>Builds and checks orthonormal rows.</summary>
public static class Orthonormal
{
    // If more than this share of a row's length survives a projection, the projection's rounding error is negligible.
    private const double ReorthogonalizationThreshold = 0.7;

    /// <summary>Returns an orthonormal basis [j,p], j at most k, of the part of the span of the rows [k,p] that is orthogonal to
    /// a basis [m,p]; without rows if there is no such part.</summary>
    /// <remarks>The basis is first projected out of all rows by one matrix product. Gram-Schmidt then treats row by row, and a
    /// second time a row whose norm has dropped below a threshold, because one pass leaves such a row not quite orthogonal
    /// (Daniel, Gragg, Kaufman and Stewart 1976). A row whose norm drops below 1e-10 (float64) or 1e-4 (float32) of its original
    /// norm is discarded as rounding error.</remarks>
    /// <param name="rows">Rows [k,p], not necessarily independent.</param>
    /// <param name="basis">Orthonormal rows [m,p], or null for none.</param>
    public static Tensor Complement(Tensor rows, Tensor? basis = null)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(Complement([rows.contiguous()], basis is null ? [] : [basis.contiguous()]));
    }

    /// <inheritdoc cref="Complement(Tensor, Tensor?)"/>
    /// <param name="rows">Rows [k,p], in several tensors.</param>
    /// <param name="basis">Orthonormal rows [m,p], in several tensors.</param>
    internal static Tensor Complement(IReadOnlyList<Tensor> rows, IReadOnlyList<Tensor> basis)
    {
        using var scope = NewDisposeScope();
        var least = Rounding(rows[0].dtype);
        var (candidates, left) = Normalised(rows, basis);
        var kept = new List<Tensor>();
        for (var i = 0; i < left.Length; i++)
        {
            var (row, length) = (candidates[i], left[i]);
            if (length < least) continue;
            // So far the row is orthogonal to the basis only.
            var share = kept.Count == 0 ? 1 : ProjectedOut(row, kept);
            length *= share;
            if (length < least) continue;
            // Twice is enough (Kahan, in Parlett's book).
            if (length < ReorthogonalizationThreshold) share = ProjectedOut(row, [.. basis, .. kept]);
            if (share != 1) Multivector.Combine(new[,] { { 1 / share } }, [row], row);
            kept.Add(row);
        }
        var whole = kept.Count == left.Length ? candidates
            : kept.Count == 0 ? candidates.narrow(0, 0, 0)
            : stack(kept);
        return scope.MoveToOuter(whole);
    }

    /// <summary>Returns whether rows V [k,p] are orthonormal up to rounding: |V V^T - I| at most 1e-10 (float64) or 1e-4
    /// (float32) in every entry. Entries that are NaN pass.</summary>
    public static bool IsOrthonormal(params IReadOnlyList<Tensor> V)
    {
        var inner = Multivector.Inner(V, V);
        var (k, bound) = (inner.GetLength(0), Rounding(V[0].dtype));
        for (var i = 0; i < k; i++)
            for (var j = 0; j < k; j++)
                if (Math.Abs(inner[i, j] - (i == j ? 1 : 0)) > bound) return false;
        return true;
    }

    /// <summary>Projects the basis out of the rows of finite nonzero length and normalises them. Also returns the share of each
    /// row's length that remained.</summary>
    private static (Tensor Rows, double[] Left) Normalised(IReadOnlyList<Tensor> rows, IReadOnlyList<Tensor> basis)
    {
        IReadOnlyList<Tensor> all = [.. basis, .. rows];
        var inner = Multivector.Inner(rows, all);
        var (k, n) = (inner.GetLength(0), inner.GetLength(1));
        var m = n - k;
        var valid = Enumerable.Range(0, k).Where(i => inner[i, m + i] > 0 && double.IsFinite(inner[i, m + i])).ToArray();
        var (w, left, isUnit) = (new double[valid.Length, n], new double[valid.Length], new bool[valid.Length]);
        for (var i = 0; i < valid.Length; i++)
        {
            var square = inner[valid[i], m + valid[i]];
            var rest = square - Enumerable.Range(0, m).Sum(l => inner[valid[i], l] * inner[valid[i], l]);
            // Where little is projected out, Pythagoras' theorem gives the length.
            isUnit[i] = rest > ReorthogonalizationThreshold * ReorthogonalizationThreshold * square;
            var length = Math.Sqrt(isUnit[i] ? rest : square);
            w[i, m + valid[i]] = 1 / length;
            for (var l = 0; l < m; l++) w[i, l] = -inner[valid[i], l] / length;
            left[i] = length / Math.Sqrt(square);
        }
        var (result, squares) = Multivector.Combine(w, all);
        for (var i = 0; i < left.Length; i++)
        {
            if (isUnit[i]) continue;
            left[i] = Math.Sqrt(squares[i]);
            if (left[i] > 0) Multivector.Combine(new[,] { { 1 / left[i] } }, [result[i]], result[i]);
        }
        return (result, left);
    }

    /// <summary>Projects other rows out of a row, in place.</summary>
    /// <returns>The length of the row afterwards.</returns>
    private static double ProjectedOut(Tensor row, IReadOnlyList<Tensor> others)
    {
        var inner = Multivector.Inner([row], others);
        var w = new double[1, inner.Length + 1];
        w[0, 0] = 1;
        for (var l = 0; l < inner.Length; l++) w[0, l + 1] = -inner[0, l];
        return Math.Sqrt(Multivector.Combine(w, [row, .. others], row).Squares[0]);
    }

    /// <summary>The share of a row's length below which a remainder is rounding.</summary>
    internal static double Rounding(ScalarType precision) => precision == ScalarType.Float64 ? 1e-10 : 1e-4;

    /// <summary>v - U^T U v: the part of v [p], or of each of the rows v [j,p], orthogonal to the orthonormal rows U
    /// [k,p].</summary>
    public static Tensor ProjectOut(Tensor v, Tensor U)
    {
        using var scope = NewDisposeScope();
        var (rows, basis) = (v.contiguous(), U.contiguous());
        var inner = Multivector.Inner([rows], [basis]);
        var (j, k) = (inner.GetLength(0), inner.GetLength(1));
        var w = new double[j, j + k];
        for (var i = 0; i < j; i++)
        {
            w[i, i] = 1;
            for (var l = 0; l < k; l++) w[i, j + l] = -inner[i, l];
        }
        var projected = Multivector.Combine(w, [rows, basis]).Rows;
        return scope.MoveToOuter(v.dim() == 1 ? projected[0] : projected);
    }

    /// <summary>Computes the basis of the span of orthonormal rows [k,p] that is closest to other rows [j,p], row by row: a
    /// basis without order or sign of its own continues the earlier one.</summary>
    /// <remarks>The orthogonal Procrustes problem (Schonemann 1966). Rows without a counterpart complete the basis.</remarks>
    public static Tensor Aligned(Tensor rows, Tensor to)
    {
        using var scope = NewDisposeScope();
        var (k, common) = ((int)rows.shape[0], (int)Math.Min(rows.shape[0], to.shape[0]));
        var overlap = zeros(k, k, dtype: ScalarType.Float64);
        overlap.narrow(0, 0, common).copy_(tensor(Multivector.Inner([to.narrow(0, 0, common).contiguous()], [rows.contiguous()])));
        var (left, _, right) = linalg.svd(overlap, fullMatrices: true);
        return scope.MoveToOuter(Multivector.Combine(Multivector.Weights(left.mm(right)), [rows.contiguous()]).Rows);
    }
}
