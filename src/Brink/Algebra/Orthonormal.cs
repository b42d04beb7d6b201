namespace Brink.Algebra;

/// <summary>Orthonormal rows.</summary>
public static class Orthonormal
{
    // Share of a row's length above which what was taken off it has not made its rounding count.
    private const double Upright = 0.7;

    /// <summary>An orthonormal basis [j,p], j at most k, of what the rows [k,p] add to the span of a basis
    /// [m,p].</summary>
    /// <remarks>Gram-Schmidt, twice where a row loses length by it: only then does one pass leave it oblique (Daniel, Gragg, Kaufman
    /// and Stewart 1976). A row of which less than 1e-10 (float64) or 1e-4 (float32) of its own length survives is dropped: what is
    /// left of it is rounding.</remarks>
    /// <param name="rows">[k,p]; they need not be independent.</param>
    /// <param name="basis">Orthonormal rows [m,p], or null for none.</param>
    public static Tensor Complement(Tensor rows, Tensor? basis = null)
    {
        using var scope = NewDisposeScope();
        var least = Rounding(rows);
        var added = new List<Tensor>();
        for (var i = 0; i < rows.shape[0]; i++)
        {
            var row = rows[i];
            var before = row.norm().ToDouble();
            if (!(before > 0) || double.IsInfinity(before)) continue;
            row = row / before;
            if (basis is null && added.Count == 0)
            {
                added.Add(row);
                continue;
            }
            Reject(row);
            var left = row.norm().ToDouble();
            if (left < least) continue;
            row.div_(left);
            if (left < Upright)
            {
                // Twice is enough (Kahan, in Parlett's book).
                Reject(row);
                row.div_(row.norm());
            }
            added.Add(row);
        }
        var result = added.Count == 0 ? empty([0, rows.shape[1]], dtype: rows.dtype)
            : added.Count == 1 ? added[0].unsqueeze(0)
            : stack(added);
        return scope.MoveToOuter(result);

        void Reject(Tensor row)
        {
            if (basis is not null) row.addmv_(basis.t(), basis.mv(row), alpha: -1);
            foreach (var other in added) row.add_(other, alpha: -other.dot(row).ToDouble());
        }
    }

    /// <summary>Whether rows V [k,p] are orthonormal but for rounding: |V V^T - I| at most 1e-10 (float64) or 1e-4 (float32) in
    /// every entry. Rows that are not finite are not judged.</summary>
    public static bool Holds(Tensor V)
    {
        using var scope = NewDisposeScope();
        return !((V.mm(V.t()) - eye(V.shape[0], dtype: V.dtype)).abs().max().ToDouble() > Rounding(V));
    }

    private static double Rounding(Tensor rows) => rows.dtype == ScalarType.Float64 ? 1e-10 : 1e-4;

    /// <summary>v - U^T U v: the part of v [p], or of each of the rows v [j,p], at right angles to the orthonormal rows U
    /// [k,p].</summary>
    public static Tensor Reject(Tensor v, Tensor U)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(v.dim() == 1 ? v - U.t().mv(U.mv(v)) : v - v.mm(U.t()).mm(U));
    }

    /// <summary>The basis of the span of orthonormal rows [k,p] that lies closest to other rows [j,p], the first to the
    /// first: what has no order or sign of its own continues what was there before.</summary>
    /// <remarks>The orthogonal Procrustes problem (Schonemann 1966). Rows that have no counterpart are the rest of the
    /// basis.</remarks>
    public static Tensor Aligned(Tensor rows, Tensor to)
    {
        using var scope = NewDisposeScope();
        var k = rows.shape[0];
        var overlap = zeros(k, k, dtype: rows.dtype);
        var common = Math.Min(k, to.shape[0]);
        overlap.narrow(0, 0, common).copy_(to.narrow(0, 0, common).mm(rows.t()));
        var (left, _, right) = linalg.svd(overlap, fullMatrices: true);
        return scope.MoveToOuter(left.mm(right).mm(rows));
    }
}
