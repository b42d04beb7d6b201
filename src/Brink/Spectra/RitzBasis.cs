using Brink.Algebra;

namespace Brink.Spectra;

/// <summary>A growing orthonormal basis V [m,p] with its products V A [m,p], and the Ritz pairs in its
/// span.</summary>
/// <remarks>V and its products are kept in full, so that nothing rests on a three-term recurrence that float32 would
/// spoil.</remarks>
internal sealed class RitzBasis : IDisposable
{
    private readonly SymmetricOperator _A;
    private readonly int _most;
    private Tensor _V, _AV;
    private readonly Tensor _T;   // V A V^T in float64: its decomposition costs nothing, and its rounding does not add to the products'

    /// <param name="A">[p,p].</param>
    /// <param name="most">Rows that are ever held.</param>
    public RitzBasis(SymmetricOperator A, int most)
    {
        (_A, _most) = (A, most);
        (_V, _AV) = (Rows(0), Rows(0));
        _T = zeros(most, most, dtype: ScalarType.Float64).DetachFromDisposeScope();
        Epsilon = A.Precision.Epsilon();
    }

    /// <summary>m.</summary>
    public int Count { get; private set; }

    /// <summary>Products with A so far.</summary>
    public int Products { get; private set; }

    public bool IsFinite { get; private set; } = true;

    /// <summary>Of the precision.</summary>
    public double Epsilon { get; }

    /// <summary>v A v of the row that was added last.</summary>
    public double LastQuotient { get; private set; }

    /// <summary>[m,p]; a view, until the basis changes.</summary>
    public Tensor Vectors => _V.narrow(0, 0, Count);

    /// <summary>Takes in rows [j,p], which are orthonormal and at right angles to V.</summary>
    public void Add(Tensor rows)
    {
        using var scope = NewDisposeScope();
        var (before, added) = (Count, (int)rows.shape[0]);
        var products = _A.Times(rows);
        if (before == 0)
        {
            // As they are: mostly nothing is added to the first rows.
            _V.Dispose();
            _AV.Dispose();
            (_V, _AV) = (rows.alias().DetachFromDisposeScope(), products.alias().DetachFromDisposeScope());
        }
        else
        {
            Reserve(before + added);
            _V.narrow(0, before, added).copy_(rows);
            _AV.narrow(0, before, added).copy_(products);
        }
        (Count, Products) = (before + added, Products + added);
        var column = Vectors.mm(products.t()).to(ScalarType.Float64);
        // A product that is not finite makes its whole column so; eigh would refuse it.
        IsFinite &= column.isfinite().all().ToBoolean();
        _T.narrow(0, 0, Count).narrow(1, before, added).copy_(column);
        _T.narrow(0, before, added).narrow(1, 0, Count).copy_(column.t());
        LastQuotient = column[-1, -1].ToDouble();
    }

    /// <summary>The Ritz values, the largest first, and the coordinates of their vectors in V as rows
    /// [m,m].</summary>
    public (double[] Values, Tensor Coordinates) Decomposed()
    {
        using var scope = NewDisposeScope();
        if (!IsFinite) return ([.. Enumerable.Repeat(double.NaN, Count)], scope.MoveToOuter(eye(Count, dtype: ScalarType.Float64)));
        var T = _T.narrow(0, 0, Count).narrow(1, 0, Count);
        var (ascending, columns) = linalg.eigh((T + T.t()) / 2);
        return (ascending.flip(0).data<double>().ToArray(), scope.MoveToOuter(columns.flip(1).t().contiguous()));
    }

    /// <summary>Vectors X and products X A [j,p] of the coordinates [j,m].</summary>
    public (Tensor X, Tensor AX) At(Tensor coordinates)
    {
        using var scope = NewDisposeScope();
        // Of a single row the only coordinate is 1.
        if (Count == 1) return scope.MoveToOuter(Vectors.alias(), _AV.narrow(0, 0, 1));
        var S = coordinates.to(_A.Precision);
        return scope.MoveToOuter(S.mm(Vectors), S.mm(_AV.narrow(0, 0, Count)));
    }

    /// <summary>Keeps the span of the Ritz vectors of the coordinates [j,m] alone.</summary>
    public void Restart(double[] values, Tensor coordinates)
    {
        using var scope = NewDisposeScope();
        var (X, AX) = At(coordinates);
        Count = values.Length;
        _V.narrow(0, 0, Count).copy_(X);
        _AV.narrow(0, 0, Count).copy_(AX);
        _T.zero_();
        _T.narrow(0, 0, Count).narrow(1, 0, Count).copy_(diag(tensor(values)));
    }

    /// <summary>Of oblique rows Rayleigh and Ritz make eigenvalues that A does not have; restarts add up what they round off.
    /// Such a basis is made orthonormal, with products anew.</summary>
    /// <returns>Whether it had to be.</returns>
    public bool Repair()
    {
        using var scope = NewDisposeScope();
        if (Orthonormal.Holds(Vectors)) return false;
        var upright = Orthonormal.Complement(Vectors);
        Count = 0;
        _T.zero_();
        Add(upright);
        return true;
    }

    public void Dispose()
    {
        _V.Dispose();
        _AV.Dispose();
        _T.Dispose();
    }

    private void Reserve(int rows)
    {
        if (rows <= _V.shape[0]) return;
        var capacity = Math.Min(_most, Math.Max(rows, 2 * Count));
        (_V, _AV) = (Grown(_V), Grown(_AV));

        Tensor Grown(Tensor old)
        {
            var grown = Rows(capacity);
            using (old) grown.narrow(0, 0, Count).copy_(old.narrow(0, 0, Count));
            return grown;
        }
    }

    private Tensor Rows(int count) => empty(count, _A.Dimension, dtype: _A.Precision).DetachFromDisposeScope();
}

/// <summary>The leading Ritz pairs of a basis, the largest first.</summary>
internal sealed class Ritz
{
    private readonly Tensor _residuals;   // rows A x - value x [j,p]

    /// <param name="basis">Orthonormal.</param>
    /// <param name="count">Of pairs, at most.</param>
    public Ritz(RitzBasis basis, int count)
    {
        (All, Coordinates) = basis.Decomposed();
        count = Math.Min(count, basis.Count);
        Values = All[..count];
        (X, var AX) = basis.At(Coordinates.narrow(0, 0, count));
        _residuals = addcmul(AX, tensor(Values).to(X.dtype).unsqueeze(1), X, -1);
        Residuals = _residuals.norm(1).to(ScalarType.Float64).data<double>().ToArray();
        Largest = All.Max(Math.Abs);
        Floor = 16 * basis.Epsilon * Largest;
    }

    /// <summary>Of all m.</summary>
    public double[] All { get; }

    /// <summary>Of their vectors in the basis, as rows [m,m].</summary>
    public Tensor Coordinates { get; }

    public double[] Values { get; }

    /// <summary>Vectors [j,p].</summary>
    public Tensor X { get; }

    /// <summary>||A x - value x||.</summary>
    public double[] Residuals { get; }

    /// <summary>Largest magnitude.</summary>
    public double Largest { get; }

    /// <summary>Rounding of a product is eps times the largest value: a residual of a few of them is zero.</summary>
    public double Floor { get; }

    public bool IsFinite => Values.All(double.IsFinite);

    /// <summary>Where vector i has to go: its residual, in which companions that are known count by how near their values are,
    /// against the bulk of the spectrum. Divided by value - bulk it is the first-order correction.</summary>
    public Tensor Direction(int i, Resting? known, double bulk)
    {
        var residual = _residuals[i];
        if (known is null || !double.IsFinite(bulk)) return residual;
        var factors = known.Expected.Select(value => ((Values[i] - bulk) / Math.Max(Values[i] - value, 1e-3 * Largest)) - 1);
        return residual + known.Rows.t().mv(known.Rows.mv(residual) * tensor(factors.ToArray()).to(residual.dtype));
    }
}
