using Brink.Algebra;

namespace Brink.Spectra;

/// <summary>Stores an operator's leading eigenvectors at the last few points of its path, and predicts them at the
/// next.</summary>
/// <remarks>
/// <para>Eigenvectors are functions of the parameters. The next displacement is approximated by a combination of the last ones,
/// and the turn of the vectors by the same combination of their last turns. This is exact where they depend linearly on the
/// parameters along those displacements, whatever the path does there. A path that drifts evenly is extrapolated, to second
/// order from three displacements; one that oscillates at the edge of stability is interpolated.</para>
/// <para>The vectors are known only up to an error; a combination that would amplify it beyond what it gains is shrunk
/// (ridge).</para>
/// </remarks>
internal sealed class EigenvectorPath : IDisposable
{
    // Number of points: with millions of parameters as many as memory allows, but at least enough for a second difference.
    private const int Longest = 5, Shortest = 3;
    private const long Bytes = 512L << 20;

    // Smallest cosine between two successive subspaces. Below it the subspace was left, at a crossing for instance, and its
    // path does not predict the next one.
    private const double Left = 0.7;

    private readonly Tensor _at;                        // newest [p]
    private readonly IReadOnlyList<Tensor> _steps;      // delta_j = at_j - at_{j+1} [p], the newest first
    private readonly IReadOnlyList<Tensor> _frames;     // F_j [k,p], one more than steps
    private readonly double[] _errors;                  // error of each frame, an angle
    private readonly double[] _turns;                   // ||F_j - F_{j+1}||
    private readonly double[,] _gram;                   // Gram matrix of the steps
    private Displacement? _latest;                       // last displacement computed; its point usually comes next

    private EigenvectorPath(
        Tensor at, IReadOnlyList<Tensor> steps, IReadOnlyList<Tensor> frames, double[] errors, double[] turns, double[,] gram)
    {
        (_at, _steps, _frames, _errors, _turns, _gram) = (at, steps, frames, errors, turns, gram);
        foreach (var tensor in Tensors) tensor.DetachFromDisposeScope();
    }

    private IEnumerable<Tensor> Tensors => [_at, .. _steps, .. _frames];

    /// <summary>The displacement from the newest point to another.</summary>
    /// <param name="To">The other point [p].</param>
    /// <param name="Step">The displacement [p].</param>
    /// <param name="Square">Squared length of the displacement.</param>
    /// <param name="Along">Inner products with the steps before it.</param>
    private sealed record Displacement(Tensor To, Tensor Step, double Square, double[] Along);

    /// <summary>The number k of vectors.</summary>
    public int Rows => (int)_frames[0].shape[0];

    /// <summary>Returns a path of one point.</summary>
    /// <param name="at">Point [p]; copied.</param>
    /// <param name="frame">Orthonormal rows [k,p].</param>
    /// <param name="error">Error of the frame, as an angle.</param>
    public static EigenvectorPath From(Tensor at, Tensor frame, double error) =>
        new(Multivector.Copy(at), [], [frame.alias()], [error], [], new double[0, 0]);

    /// <summary>Returns the path with one more point; its tensors are shared, not copied.</summary>
    /// <inheritdoc cref="From"/>
    public EigenvectorPath With(Tensor at, Tensor frame, double error)
    {
        using var scope = NewDisposeScope();
        if (Rows != frame.shape[0] || Continuing(frame) is not { } aligned) return From(at, frame, error);
        // Not from the cosines: in float32 their rounding hides a small turn.
        var turn = Math.Sqrt(Between(aligned, _frames[0]).Squares.Sum());
        var (_, step, length, along) = To(at);
        _latest = null;   // the new path owns its step
        // The same point again: only the vectors are more accurate.
        if (length == 0)
        {
            step.Dispose();
            return new(_at.alias(), Shared(_steps), [frame.alias(), .. Shared(_frames.Skip(1))], [error, .. _errors[1..]], _turns, _gram);
        }

        var points = (int)Math.Clamp(Bytes / ((Rows + 1) * step.NumberOfElements * step.ElementSize), Shortest, Longest);
        var kept = Math.Min(_steps.Count, points - 2);
        IReadOnlyList<Tensor> steps = [step, .. Shared(_steps.Take(kept))];
        var gram = new double[kept + 1, kept + 1];
        for (var i = 0; i <= kept; i++)
        {
            gram[i, 0] = gram[0, i] = i == 0 ? length : along[i - 1];
            for (var j = 1; i > 0 && j <= kept; j++) gram[i, j] = _gram[i - 1, j - 1];
        }
        return new(
            Multivector.Copy(at), steps, [aligned, .. Shared(_frames.Take(kept + 1))],
            [error, .. _errors.Take(kept + 1)], [turn, .. _turns.Take(kept)], gram);
    }

    /// <summary>Returns the same path; its tensors are shared, not copied.</summary>
    public EigenvectorPath Shared() => new(_at.alias(), Shared(_steps), Shared(_frames), _errors, _turns, _gram);

    /// <summary>Predicts the vectors at a point [p] as rows [k,p], not orthonormal.</summary>
    public Tensor Predicted(Tensor at)
    {
        using var scope = NewDisposeScope();
        if (_steps.Count == 0) return scope.MoveToOuter(_frames[0].alias());
        var weights = Weights(To(at).Along);
        var w = new double[Rows, weights.Length * Rows];
        for (var row = 0; row < Rows; row++)
            for (var j = 0; j < weights.Length; j++) w[row, (j * Rows) + row] = weights[j];
        return scope.MoveToOuter(Multivector.Combine(w, _frames).Rows);
    }

    /// <summary>Computes the weights w of the frames, which sum to 1, for which sum_j a_j delta_j comes closest to the
    /// displacement d: they minimise |d - sum a_j delta_j|^2 + nu^2 |w|^2, where nu is the error of a frame as a
    /// displacement.</summary>
    /// <param name="displacement">Inner products d . delta_j.</param>
    private double[] Weights(double[] displacement)
    {
        var n = _steps.Count;
        // Largest turn of the rows per unit length of a step.
        var rate = Enumerable.Range(0, n).Max(j => _turns[j] / Math.Sqrt(Math.Max(_gram[j, j], double.Epsilon)));
        var nu = rate > 0 ? _errors.Max() / rate : 0;
        // w = e_0 + B a: a_j moves weight from frame j + 1 to frame j.
        var (A, b) = (new double[n, n], new double[n]);
        var rounding = 16 * _at.dtype.Epsilon() * Enumerable.Range(0, n).Sum(j => _gram[j, j]);
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
                A[i, j] = _gram[i, j] + (nu * nu * (i == j ? 2 : Math.Abs(i - j) == 1 ? -1 : 0)) + (i == j ? rounding : 0);
            b[i] = displacement[i] - (i == 0 ? nu * nu : 0);
        }
        if (!b.All(double.IsFinite)) return [1, .. new double[n]];
        // Steps along a single line, or equal steps, make the matrix singular: take the smallest solution.
        var a = linalg.pinv(tensor(A), hermitian: true).mv(tensor(b)).data<double>().ToArray();
        return [.. Enumerable.Range(0, n + 1).Select(i => (i == 0 ? 1 : -a[i - 1]) + (i < n ? a[i] : 0))];
    }

    public void Save(Snapshot to)
    {
        to.Set("at", _at);
        to.Set("length", _frames.Count);
        to.Set("errors", _errors.AsEnumerable());
        to.Set("turns", _turns.AsEnumerable());
        to.Set("gram", _gram.Cast<double>());
        for (var i = 0; i < _frames.Count; i++) to.Set($"frame_{i}", _frames[i]);
        for (var i = 0; i < _steps.Count; i++) to.Set($"step_{i}", _steps[i]);
    }

    public static EigenvectorPath Restored(Snapshot from)
    {
        var n = (int)from.Whole("length") - 1;
        var (flat, gram) = (from.Numbers("gram"), new double[n, n]);
        for (var i = 0; i < n * n; i++) gram[i / n, i % n] = flat[i];
        return new(
            from.Tensor("at"),
            [.. Enumerable.Range(0, n).Select(i => from.Tensor($"step_{i}"))],
            [.. Enumerable.Range(0, n + 1).Select(i => from.Tensor($"frame_{i}"))],
            from.Numbers("errors"), from.Numbers("turns"), gram);
    }

    public void Dispose()
    {
        foreach (var tensor in Tensors) tensor.Dispose();
        _latest?.Step.Dispose();
    }

    /// <summary>Returns the displacement to a point; it is computed once for the prediction and for the arrival.</summary>
    private Displacement To(Tensor at)
    {
        if (ReferenceEquals(_latest?.To, at)) return _latest;
        _latest?.Step.Dispose();
        using var scope = NewDisposeScope();
        var (rows, squares) = Between(at, _at);
        var step = rows[0].DetachFromDisposeScope();
        return _latest = new(at, step, squares[0], [.. Multivector.Inner([step], _steps).Cast<double>()]);
    }

    /// <summary>Returns the basis of a frame's span that is closest to the last frame (Schonemann 1966); null if the subspace
    /// was left.</summary>
    private Tensor? Continuing(Tensor frame)
    {
        var overlap = Multivector.Inner([frame], [_frames[0]]);
        if (Rows == 1)
        {
            var cosine = overlap[0, 0];
            return !(Math.Abs(cosine) >= Left) ? null : cosine < 0 ? -frame : frame.alias();
        }
        if (!overlap.Cast<double>().All(double.IsFinite)) return null;
        var (left, cosines, right) = linalg.svd(tensor(overlap));
        return cosines.min().ToDouble() < Left ? null : right.t().mm(left.t()).to(frame.dtype).mm(frame);
    }

    /// <summary>Returns the rows a - b [j,p], and their squared lengths.</summary>
    private static (Tensor Rows, double[] Squares) Between(Tensor a, Tensor b)
    {
        var j = a.dim() == 1 ? 1 : (int)a.shape[0];
        var w = new double[j, 2 * j];
        for (var i = 0; i < j; i++) (w[i, i], w[i, j + i]) = (1, -1);
        return Multivector.Combine(w, [a, b]);
    }

    private static List<Tensor> Shared(IEnumerable<Tensor> tensors) => [.. tensors.Select(tensor => tensor.alias())];
}
