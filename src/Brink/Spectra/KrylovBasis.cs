using Brink.Algebra;

namespace Brink.Spectra;

/// <summary>An orthonormal basis V [m,p] of a (block) Krylov space, with T = V A V^T [m,m] and the rows F
/// [b,p] that would extend it: V A = T V + C F.</summary>
/// <remarks>Every row is orthogonalised against those that its product is known to meet, and then against all. Only V is kept,
/// not its products, in a buffer whose pages are touched as it fills. Some rows of F may wait while others are taken into V:
/// the relation holds for any choice of them. It also holds over thick restarts (Stewart's Krylov-Schur method, 2001, whose
/// symmetric case is Wu and Simon's thick-restart Lanczos, 2000), and residuals of Ritz vectors are read off C.</remarks>
internal sealed class KrylovBasis : IDisposable
{
    private readonly SymmetricOperator _A;
    private readonly Tensor _rows;   // V, followed by F
    private readonly Tensor _T;      // float64; its columns after the first m are C
    private readonly double _epsilon;

    public KrylovBasis(SymmetricOperator A, int capacity, int block)
    {
        _A = A;
        _rows = empty(capacity + block, A.Dimension, dtype: A.Precision).DetachFromDisposeScope();
        _T = zeros(capacity + block, capacity + block, dtype: ScalarType.Float64).DetachFromDisposeScope();
        _epsilon = A.Precision.Epsilon();
    }

    /// <summary>The number m of rows of V.</summary>
    public int Count { get; private set; }

    /// <summary>The number b of rows of F; 0 if V is invariant under A.</summary>
    public int Next { get; private set; }

    /// <summary>The number of leading rows of F that the next extension takes; the others wait.</summary>
    public int Active { get; private set; }

    public bool IsFinite { get; private set; } = true;

    /// <summary>The norm of the rows that orthogonalisation dropped as rounding.</summary>
    private double Dropped { get; set; }

    /// <summary>The part of every residual that was dropped; 0 for a basis of the whole space, where later rows of T contain
    /// it.</summary>
    private double DroppedResidual => Count == _A.Dimension ? 0 : Dropped;

    /// <summary>Continues in other directions: the rows [b,p], orthonormalised against V and F, become the active rows of F, with
    /// C = 0. The previous rows of F wait.</summary>
    public void Continue(Tensor rows)
    {
        using var scope = NewDisposeScope();
        var waiting = Waiting(0);
        Put(Orthonormal.Complement(rows, _rows.narrow(0, 0, Count + Next)), waiting);
    }

    /// <summary>Puts the rows of F that have waited longest first.</summary>
    /// <param name="most">Largest number of rows of the next extension.</param>
    public void Resume(int most)
    {
        using var scope = NewDisposeScope();
        var (rows, C) = Waiting(0);
        var order = tensor([.. Enumerable.Range(0, Next).Select(i => Next - 1L - i)], dtype: ScalarType.Int64);
        Put(rows.narrow(0, 0, 0), (rows.index_select(0, order), C.index_select(1, order)));
        Active = Math.Min(most, Next);
    }

    /// <summary>Appends the active rows of F to V, with one product for each.</summary>
    public void Extend()
    {
        if (Active == 0) return;   // the basis is of the whole space
        using var scope = NewDisposeScope();
        var (before, added) = (Count, Active);
        var active = _rows.narrow(0, before, added);
        var W = _A.Times(active).contiguous();
        var waiting = Waiting(added);
        Count += added;
        (Next, Active) = (Next - added, 0);
        var column = Known(before, active, W);
        // A non-finite number in W makes its whole column non-finite; eigh would refuse it.
        IsFinite = column.Cast<double>().All(double.IsFinite);
        if (!IsFinite) return;
        var (rest, lengths) = Remainder(W, column);
        var significant = Significant(rest, lengths, column);
        // Rows of a block may cancel each other: then the basis counts again.
        var next = added > 1 ? Orthonormal.Complement(significant, _rows.narrow(0, 0, Count + Next)) : significant / lengths[0];
        Put(next, waiting);
        var C = added > 1 ? rest.mm(next.t()) : full(1, Active, lengths[0], dtype: ScalarType.Float64);
        var (all, m) = (tensor(column), Count);
        _T.narrow(0, before, added).narrow(1, 0, m).copy_(all.narrow(1, 0, m));
        _T.narrow(0, 0, m).narrow(1, before, added).copy_(all.narrow(1, 0, m).t());
        _T.narrow(0, before, added).narrow(1, m, Active).copy_(C.to(ScalarType.Float64));
        _T.narrow(0, before, added).narrow(1, m + Active, Next - Active).copy_(all.narrow(1, m, Next - Active));
        if (Active == added) return;
        Dropped = double.Hypot(Dropped, (rest - C.to(_A.Precision).mm(next)).norm().ToDouble());
    }

    /// <summary>What is known of the inner products [b,m+f] of W, the products of the active rows, with the rows of V and with
    /// those that wait: the products with the active rows, and for the others of V C, because A is symmetric. Unless the basis was
    /// restarted, three terms of a row are not zero.</summary>
    private double[,] Known(int before, Tensor active, Tensor W)
    {
        var added = (int)active.shape[0];
        var own = Multivector.Inner([W], [active]);
        var C = Multivector.Weights(_T.narrow(0, 0, before).narrow(1, before, added));
        var known = new double[added, Count + Next];
        for (var i = 0; i < added; i++)
        {
            for (var l = 0; l < before; l++) known[i, l] = C[l, i];
            for (var l = 0; l < added; l++) known[i, before + l] = (own[i, l] + own[l, i]) / 2;
        }
        return known;
    }

    /// <summary>Projects V and the waiting rows out of W. The known inner products go first; only then are all rows read, to remove
    /// what is left.</summary>
    /// <param name="W">Rows [b,p].</param>
    /// <param name="column">Their known inner products [b,m+f], which receive the rest.</param>
    /// <returns>The remainder and the lengths of its rows.</returns>
    private (Tensor Rows, double[] Lengths) Remainder(Tensor W, double[,] column)
    {
        const int Most = 3;
        var basis = _rows.narrow(0, 0, Count + Next);
        var (rest, squares) = Without(W, basis, column);
        for (var pass = 0; pass < Most; pass++)
        {
            var left = Multivector.Inner([rest], [basis]);
            for (var i = 0; i < left.GetLength(0); i++)
                for (var l = 0; l < left.GetLength(1); l++) column[i, l] += left[i, l];
            var before = squares;
            (rest, squares) = Without(rest, basis, left);
            // A row that keeps half of its square is orthogonal up to rounding.
            if (squares.Zip(before).All(pair => pair.First >= pair.Second / 2)) break;
        }
        return (rest, Array.ConvertAll(squares, Math.Sqrt));
    }

    private static (Tensor Rows, double[] Squares) Without(Tensor rows, Tensor basis, double[,] inner)
    {
        var (b, m) = (inner.GetLength(0), inner.GetLength(1));
        var w = new double[b, m + b];
        for (var i = 0; i < b; i++)
        {
            for (var l = 0; l < m; l++) w[i, l] = -inner[i, l];
            w[i, m + i] = 1;
        }
        return Multivector.Combine(w, [basis, rows]);
    }

    /// <summary>The rows of a remainder that are more than rounding of the rows from which the basis was projected out.</summary>
    private static Tensor Significant(Tensor rest, double[] lengths, double[,] column)
    {
        long[] kept = [.. Enumerable.Range(0, lengths.Length)
            .Where(i =>
            {
                var projected = Enumerable.Range(0, column.GetLength(1)).Sum(l => column[i, l] * column[i, l]);
                return lengths[i] > Orthonormal.Rounding(rest.dtype) * Math.Sqrt(projected + (lengths[i] * lengths[i]));
            })
            .Select(i => (long)i)];
        return kept.Length == lengths.Length ? rest : rest.index_select(0, tensor(kept));
    }

    /// <summary>Computes the Ritz pairs, the largest first: values, coordinates of the vectors in V as rows [m,m] (float64),
    /// residuals, and the rounding floor that each residual includes.</summary>
    public (double[] Values, Tensor Coordinates, double[] Residuals, double Floor) Ritz()
    {
        using var scope = NewDisposeScope();
        var T = _T.narrow(0, 0, Count).narrow(1, 0, Count);
        var (ascending, columns) = linalg.eigh((T + T.t()) / 2);
        var values = ascending.flip(0).data<double>().ToArray();
        var S = columns.flip(1).t().contiguous();
        // The rounding error of a product is eps times the largest value: a residual of a few such errors is zero.
        var floor = 16 * _epsilon * values.Max(Math.Abs);
        return (values, scope.MoveToOuter(S), Residuals(S, Next, floor), floor);
    }

    /// <summary>Computes the norm of the residual of each of j Ritz vectors, of which only the part along the active rows of F
    /// counts: the part along rows that wait is left out.</summary>
    /// <param name="coordinates">Coordinates [j,m] of the Ritz vectors in V.</param>
    /// <param name="floor">Rounding error of a product, which is added to each norm.</param>
    public double[] ActiveResiduals(Tensor coordinates, double floor)
    {
        using var scope = NewDisposeScope();
        return Residuals(coordinates, Active, floor);
    }

    /// <summary>Computes the norm of the part of each Ritz vector's residual that is along the rows of F that wait.</summary>
    public double[] WaitingResiduals(Tensor coordinates)
    {
        using var scope = NewDisposeScope();
        var C = _T.narrow(0, 0, Count).narrow(1, Count + Active, Next - Active);
        return [.. coordinates.mm(C).square().sum(dim: 1).sqrt().data<double>()];
    }

    /// <summary>Computes the extreme Ritz values of the rows of V from <paramref name="from"/> on.</summary>
    public (double Least, double Largest) Ends(int from)
    {
        using var scope = NewDisposeScope();
        var T = _T.narrow(0, from, Count - from).narrow(1, from, Count - from);
        var values = linalg.eigvalsh((T + T.t()) / 2).data<double>();
        return (values[0], values[values.Count - 1]);
    }

    /// <summary>Returns the rows [j,p] with the coordinates [j,m].</summary>
    public Tensor Vectors(Tensor coordinates)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(coordinates.to(_A.Precision).mm(_rows.narrow(0, 0, Count)));
    }

    /// <summary>Computes the norm of the part of A v outside the span of V, for v with the coordinates [1,m].</summary>
    public double NormOutside(Tensor coordinates)
    {
        using var scope = NewDisposeScope();
        var coupled = coordinates.mm(_T.narrow(0, 0, Count).narrow(1, Count, Next));
        return coupled.norm().ToDouble() + (DroppedResidual * coordinates.norm().ToDouble());
    }

    /// <summary>Keeps only the Ritz vectors with the coordinates [j,m] in V; F stays.</summary>
    public void Restart(double[] values, Tensor coordinates)
    {
        using var scope = NewDisposeScope();
        var kept = values.Length;
        var C = coordinates.mm(_T.narrow(0, 0, Count).narrow(1, Count, Next));
        var (V, F) = (Vectors(coordinates), _rows.narrow(0, Count, Next).clone());
        _rows.narrow(0, 0, kept).copy_(V);
        _rows.narrow(0, kept, Next).copy_(F);
        Count = kept;
        _T.zero_();
        _T.narrow(0, 0, kept).narrow(1, 0, kept).copy_(diag(tensor(values)));
        _T.narrow(0, 0, kept).narrow(1, kept, Next).copy_(C);
    }

    public void Dispose()
    {
        _rows.Dispose();
        _T.Dispose();
    }

    /// <summary>Copies the rows of F from one of them on, with their columns of C.</summary>
    private (Tensor Rows, Tensor C) Waiting(int from) => (
        _rows.narrow(0, Count + from, Next - from).clone(),
        _T.narrow(0, 0, Count).narrow(1, Count + from, Next - from).clone());

    /// <summary>Sets F to the active rows, whose C is zero so far, followed by the waiting rows.</summary>
    private void Put(Tensor active, (Tensor Rows, Tensor C) waiting)
    {
        var (b, q) = ((int)active.shape[0], (int)waiting.Rows.shape[0]);
        (Active, Next) = (b, b + q);
        _rows.narrow(0, Count, b).copy_(active);
        _rows.narrow(0, Count + b, q).copy_(waiting.Rows);
        var before = waiting.C.shape[0];   // rows of V for which C is known
        _T.narrow(0, 0, before).narrow(1, Count, b).zero_();
        _T.narrow(0, 0, before).narrow(1, Count + b, q).copy_(waiting.C);
    }

    private double[] Residuals(Tensor S, int columns, double floor)
    {
        var C = _T.narrow(0, 0, Count).narrow(1, Count, columns);
        return [.. S.mm(C).square().sum(dim: 1).sqrt().data<double>().Select(r => r + DroppedResidual + floor)];
    }
}
