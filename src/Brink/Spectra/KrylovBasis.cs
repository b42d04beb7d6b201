using Brink.Algebra;

namespace Brink.Spectra;

/// <summary>An orthonormal basis V [m,p] of a (block) Krylov space, with T = V A V^T [m,m] and the rows F
/// [b,p] that would extend it: V A = T V + C F.</summary>
/// <remarks>Every row is orthogonalised against all others, twice. Only V is kept, not its products, in a buffer whose pages
/// are touched as it fills. Some rows of F may wait while others are taken into V: the relation holds for any choice of them.
/// It also holds over thick restarts (Stewart's Krylov-Schur method, 2001, whose symmetric case is Wu and Simon's thick-restart
/// Lanczos, 2000), and residuals of Ritz vectors are read off C.</remarks>
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
        using var scope = NewDisposeScope();
        var (before, added) = (Count, Active);
        var W = _A.Times(_rows.narrow(0, before, added));
        var waiting = Waiting(added);
        Count += added;
        (Next, Active) = (Next - added, 0);
        var V = _rows.narrow(0, 0, Count);
        var column = V.mm(W.t()).to(ScalarType.Float64);
        // A non-finite number in W makes its whole column non-finite; eigh would refuse it.
        IsFinite = column.isfinite().all().ToBoolean();
        if (!IsFinite) return;
        _T.narrow(0, 0, Count).narrow(1, before, added).copy_(column);
        _T.narrow(0, before, added).narrow(1, 0, Count).copy_(column.t());

        Put(Orthonormal.Complement(W, _rows.narrow(0, 0, Count + Next)), waiting);
        var F = _rows.narrow(0, Count, Next);
        var C = W.mm(F.t());
        _T.narrow(0, before, added).narrow(1, Count, Next).copy_(C.to(ScalarType.Float64));
        if (Active == added) return;
        var rest = W - column.t().to(_A.Precision).mm(V) - C.mm(F);
        Dropped = double.Hypot(Dropped, rest.norm().ToDouble());
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
