using Brink.Algebra;

namespace Brink.Spectra;

/// <summary>A growing orthonormal basis V [m,p] with its products V A [m,p], and the Ritz pairs in its
/// span.</summary>
/// <remarks>V and its products are kept in full, so that nothing depends on a three-term recurrence, which float32 would spoil.
/// They stay in their original tensors: with millions of parameters no row is copied to make space for another.</remarks>
internal sealed class RitzBasis : IDisposable
{
    private readonly SymmetricOperator _A;
    private readonly List<Tensor> _V = [], _AV = [];
    private readonly Tensor _residualBuffer;   // buffer for residuals; its pages are touched as it fills
    private readonly double[,] _T;   // V A V^T: its decomposition is cheap, and its rounding does not add to that of the products

    /// <param name="A">Operator [p,p].</param>
    /// <param name="most">Largest number of rows.</param>
    /// <param name="pairs">Largest number of pairs whose residuals are computed.</param>
    public RitzBasis(SymmetricOperator A, int most, int pairs)
    {
        (_A, _T) = (A, new double[most, most]);
        _residualBuffer = Multivector.Empty(Math.Min(pairs, most), A.Dimension, A.Precision).DetachFromDisposeScope();
        Epsilon = A.Precision.Epsilon();
    }

    /// <summary>The number m of rows.</summary>
    public int Count { get; private set; }

    /// <summary>The number of products with A so far.</summary>
    public int Products { get; private set; }

    public bool IsFinite { get; private set; } = true;

    /// <summary>The machine epsilon of the precision.</summary>
    public double Epsilon { get; }

    /// <summary>v.Av of the row added last.</summary>
    public double LastQuotient => _T[Count - 1, Count - 1];

    /// <summary>The rows [m,p], valid until the basis changes.</summary>
    public IReadOnlyList<Tensor> Vectors => _V;

    /// <summary>Adds orthonormal rows [j,p], which are orthogonal to V.</summary>
    public void Add(Tensor rows)
    {
        using var scope = NewDisposeScope();
        var (before, added) = (Count, (int)rows.shape[0]);
        var products = _A.Times(rows).contiguous();
        _V.Add(rows.alias().DetachFromDisposeScope());
        _AV.Add(products.alias().DetachFromDisposeScope());
        (Count, Products) = (before + added, Products + added);
        var column = Multivector.Inner(_V, [products]);
        for (var i = 0; i < Count; i++)
        {
            for (var j = 0; j < added; j++)
            {
                // A non-finite product makes its whole column non-finite; eigh would refuse it.
                IsFinite &= double.IsFinite(column[i, j]);
                _T[i, before + j] = _T[before + j, i] = column[i, j];
            }
        }
    }

    /// <summary>Computes the Ritz values, the largest first, and the coordinates of their vectors in V as rows [m,m].</summary>
    public (double[] Values, double[,] Coordinates) Decomposed()
    {
        var S = new double[Count, Count];
        for (var i = 0; i < Count; i++) S[i, i] = 1;
        if (!IsFinite) return ([.. Enumerable.Repeat(double.NaN, Count)], S);
        if (Count == 1) return ([_T[0, 0]], S);
        using var scope = NewDisposeScope();
        var T = new double[Count, Count];
        for (var i = 0; i < Count; i++)
            for (var j = 0; j < Count; j++) T[i, j] = _T[i, j];
        var (ascending, columns) = linalg.eigh(tensor(T));
        var (values, vectors) = (ascending.data<double>().ToArray(), columns.contiguous().data<double>().ToArray());
        for (var i = 0; i < Count; i++)
            for (var j = 0; j < Count; j++) S[i, j] = vectors[(j * Count) + Count - 1 - i];
        Array.Reverse(values);
        return (values, S);
    }

    /// <summary>Returns the vectors [j,p] with the coordinates [j,m].</summary>
    public Tensor At(double[,] coordinates) =>
        // For a single row the coordinate is usually 1.
        Count == 1 && coordinates is { Length: 1 } && coordinates[0, 0] == 1 ? _V[0].alias() : Multivector.Combine(coordinates, _V).Rows;

    /// <summary>Computes A x - value x [j,p] for the first Ritz vectors of the coordinates [m,m], and the squared lengths. The
    /// rows are valid until the next call.</summary>
    public (Tensor Rows, double[] Squares) Residuals(double[] values, double[,] coordinates)
    {
        var w = new double[values.Length, 2 * Count];
        for (var i = 0; i < values.Length; i++)
            for (var l = 0; l < Count; l++) (w[i, l], w[i, Count + l]) = (-values[i] * coordinates[i, l], coordinates[i, l]);
        return Multivector.Combine(w, [.. _V, .. _AV], _residualBuffer.narrow(0, 0, values.Length));
    }

    /// <summary>Keeps only the span of the Ritz vectors with the coordinates [j,m].</summary>
    public void Restart(double[] values, double[,] coordinates)
    {
        Count = values.Length;
        Replace(_V);
        Replace(_AV);
        Array.Clear(_T);
        for (var i = 0; i < Count; i++) _T[i, i] = values[i];

        void Replace(List<Tensor> rows)
        {
            var kept = Multivector.Combine(coordinates, rows).Rows.DetachFromDisposeScope();
            foreach (var old in rows) old.Dispose();
            rows.Clear();
            rows.Add(kept);
        }
    }

    /// <summary>Makes the basis orthonormal again, with new products, if the rounding of restarts has accumulated. In a basis
    /// that is not orthonormal, Rayleigh-Ritz gives eigenvalues that A does not have.</summary>
    /// <returns>True if the basis was rebuilt.</returns>
    public bool Repair()
    {
        if (Orthonormal.IsOrthonormal(_V)) return false;
        using var scope = NewDisposeScope();
        var upright = Orthonormal.Complement(_V, []);
        Clear();
        Count = 0;
        Array.Clear(_T);
        Add(upright);
        return true;
    }

    public void Dispose()
    {
        Clear();
        _residualBuffer.Dispose();
    }

    private void Clear()
    {
        foreach (var rows in _V.Concat(_AV)) rows.Dispose();
        _V.Clear();
        _AV.Clear();
    }
}

/// <summary>The leading Ritz pairs of a basis, the largest first.</summary>
internal sealed class Ritz
{
    // Smallest difference of values that is used, relative to the largest magnitude.
    private const double Close = 1e-3;

    private readonly RitzBasis _basis;
    private readonly Tensor _residuals;   // rows A x - value x [j,p]

    /// <param name="basis">Orthonormal basis.</param>
    /// <param name="count">Largest number of pairs.</param>
    public Ritz(RitzBasis basis, int count)
    {
        _basis = basis;
        (All, Coordinates) = basis.Decomposed();
        Values = All[..Math.Min(count, basis.Count)];
        (_residuals, var squares) = basis.Residuals(Values, Coordinates);
        Residuals = [.. squares.Select(Math.Sqrt)];
        Largest = All.Max(Math.Abs);
        Floor = 16 * basis.Epsilon * Largest;
    }

    /// <summary>All m Ritz values.</summary>
    public double[] All { get; }

    /// <summary>The coordinates of their vectors in the basis, as rows [m,m].</summary>
    public double[,] Coordinates { get; }

    public double[] Values { get; }

    /// <summary>||A x - value x|| of each pair.</summary>
    public double[] Residuals { get; }

    /// <summary>The largest magnitude of a Ritz value.</summary>
    public double Largest { get; }

    /// <summary>The rounding floor: the error of a product is eps times the largest value, and a residual of a few such errors
    /// is zero.</summary>
    public double Floor { get; }

    public bool IsFinite => Values.All(double.IsFinite);

    /// <summary>Returns the coordinates of the first vectors [count,m].</summary>
    public double[,] First(int count)
    {
        var first = new double[count, Coordinates.GetLength(1)];
        Array.Copy(Coordinates, first, first.Length);
        return first;
    }

    /// <summary>Returns the vectors [j,p]. Their signs are arbitrary: each takes the sign that continues the row before it, if
    /// there is one.</summary>
    public Tensor Vectors(IReadOnlyList<Tensor> before)
    {
        var (w, overlap) = (First(Values.Length), Multivector.Inner(before, _basis.Vectors));
        for (var i = 0; i < Math.Min(Values.Length, overlap.GetLength(0)); i++)
        {
            var cosine = 0.0;
            for (var l = 0; l < _basis.Count; l++) cosine += w[i, l] * overlap[i, l];
            for (var l = 0; l < _basis.Count && cosine < 0; l++) w[i, l] = -w[i, l];
        }
        return _basis.At(w);
    }

    /// <summary>Returns the directions in which some of the vectors extend the basis: their residuals. Components along stale
    /// guard vectors are weighted by the closeness of their values, relative to the bulk of the spectrum.</summary>
    public IReadOnlyList<Tensor> Directions(IReadOnlyList<int> vectors, StaleGuards? guards, double bulk)
    {
        var near = Near(guards, bulk);
        if (near.GetLength(1) == 0) return [.. vectors.Select(i => _residuals[i])];
        var w = new double[vectors.Count, Values.Length + near.GetLength(1)];
        for (var i = 0; i < vectors.Count; i++) Direction(w, i, 1, 0, vectors[i], near);
        return [Multivector.Combine(w, [_residuals, guards!.Rows]).Rows];
    }

    /// <summary>Returns the first vectors with a first-order correction along their directions [count,p], not orthonormal. It
    /// needs no product.</summary>
    public Tensor Corrected(int count, StaleGuards? guards, double bulk)
    {
        var (near, m) = (Near(guards, bulk), _basis.Count);
        var w = new double[count, m + Values.Length + near.GetLength(1)];
        for (var i = 0; i < count; i++)
        {
            for (var l = 0; l < m; l++) w[i, l] = Coordinates[i, l];
            Direction(w, i, 1 / Math.Max(Values[i] - bulk, Close * Largest), m, i, near);
        }
        return Multivector.Combine(w, [.. _basis.Vectors, _residuals, .. guards is null ? [] : new[] { guards.Rows }]).Rows;
    }

    /// <summary>Writes the weights of a direction, multiplied by <paramref name="times"/>, into a row of weights from a column
    /// on.</summary>
    private void Direction(double[,] w, int row, double times, int column, int vector, double[,] near)
    {
        w[row, column + vector] = times;
        for (var l = 0; l < near.GetLength(1); l++) w[row, column + Values.Length + l] = times * near[vector, l];
    }

    /// <summary>Computes the components of the residuals along stale guard vectors, times their weight in excess of the bulk's
    /// [j,c].</summary>
    private double[,] Near(StaleGuards? guards, double bulk)
    {
        if (guards is null || !double.IsFinite(bulk)) return new double[Values.Length, 0];
        var near = Multivector.Inner([_residuals], [guards.Rows]);
        for (var i = 0; i < near.GetLength(0); i++)
            for (var l = 0; l < near.GetLength(1); l++)
                near[i, l] *= ((Values[i] - bulk) / Math.Max(Values[i] - guards.Expected[l], Close * Largest)) - 1;
        return near;
    }
}
