namespace Brink.Algebra;

/// <summary>Orthonormal rows.</summary>
public static class Orthonormal
{
    /// <summary>An orthonormal basis [j,p], j at most k, of what the rows [k,p] add to the span of a basis
    /// [m,p].</summary>
    /// <remarks>Gram-Schmidt, twice. A row of which less than 1e-10 (float64) or 1e-4 (float32) of its own length
    /// survives is dropped: what is left of it is rounding.</remarks>
    /// <param name="rows">[k,p]; they need not be independent.</param>
    /// <param name="basis">Orthonormal rows [m,p], or null for none.</param>
    public static Tensor Complement(Tensor rows, Tensor? basis = null)
    {
        using var scope = NewDisposeScope();
        var least = rows.dtype == ScalarType.Float64 ? 1e-10 : 1e-4;
        var added = new List<Tensor>();
        for (var i = 0; i < rows.shape[0]; i++)
        {
            var row = rows[i];
            var before = row.norm().ToDouble();
            if (!(before > 0) || double.IsInfinity(before)) continue;
            row = row / before;
            // Twice is enough (Kahan, in Parlett's book): after cancellation one pass leaves the row visibly
            // oblique.
            row = Rejected(row);
            var once = row.norm().ToDouble();
            if (once < least) continue;
            row = Rejected(row / once);
            added.Add(row / row.norm());
        }
        var result = added.Count == 0 ? empty([0, rows.shape[1]], dtype: rows.dtype) : stack(added);
        return scope.MoveToOuter(result);

        Tensor Rejected(Tensor row)
        {
            if (basis is not null) row = row - basis.t().mv(basis.mv(row));
            foreach (var other in added) row = row - other * other.dot(row);
            return row;
        }
    }

    /// <summary>v - u (u . v): the part of v [p] at right angles to the unit vector u [p].</summary>
    public static Tensor Reject(Tensor v, Tensor u)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(v - u * u.dot(v));
    }
}
