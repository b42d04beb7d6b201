namespace Brink.Spectra;

/// <summary>Whether pairs that converged are all there are: a Krylov space from a random direction at right angles to what
/// was found, in which every copy that is missing has its part.</summary>
/// <remarks>It is enough as soon as one of two holds. (1) The largest value theta that k rows of that space have shown is so
/// far inside that with probability 1 - 1e-4 no eigenvalue there is further out than a wanted one: with n dimensions
/// lambda - theta above eps times the spread has probability at most 1.648 sqrt(n) exp(-sqrt(eps) (2k - 1)) (Kuczynski and
/// Wozniakowski 1992, theorem 3). (2) It has taken as many products as the wanted pairs took to converge from a random
/// direction themselves; a copy needs fewer to show.</remarks>
/// <param name="found">Both wanted ends, as they converged.</param>
/// <param name="dimension">n.</param>
/// <param name="block">Rows of the space that are multiplied at once.</param>
/// <param name="from">Rows of the basis that were there before.</param>
/// <param name="began">Products so far.</param>
/// <param name="usual">Products that the wanted pairs took.</param>
internal sealed class CopySearch(
    IReadOnlyList<WantedEnd> found, long dimension, int block, int from, int began, int usual)
{
    private const double Risk = 1e-4;

    private bool _whole = true;   // whether the rows behind from are its space, and all of it

    /// <summary>The basis was restarted, or went on in other directions.</summary>
    public void Interrupt() => _whole = false;

    public bool Unchanged(IReadOnlyList<WantedEnd> now) =>
        found.Zip(now).All(pair => pair.First.Equals(pair.Second, pair.First.Allowed));

    public bool IsEnough(KrylovBasis basis, int products, IReadOnlyList<WantedEnd> now)
    {
        if (products - began >= usual) return true;
        var k = (basis.Count - from) / block;
        if (!_whole || k < 1) return false;
        var root = Math.Log(1.648 * Math.Sqrt(dimension) / Risk) / ((2 * k) - 1);
        var epsilon = root * root;
        if (epsilon >= 0.5) return false;
        var (least, largest) = basis.Ends(from);
        // Both ends may lie outside what was seen by epsilon times the true spread, which is then at most this one.
        var outside = epsilon * (largest - least) / (1 - (2 * epsilon));
        return now.All(end => end.Inner is not { } inner || (end.Sign > 0 ? largest : -least) + outside < inner);
    }
}

/// <summary>Wanted values of one end.</summary>
/// <param name="Sign">1 from above, -1 from below.</param>
/// <param name="Values">Times the sign, descending.</param>
/// <param name="Allowed">The residual of each that the tolerance allows.</param>
internal sealed record WantedEnd(int Sign, double[] Values, double[] Allowed)
{
    /// <summary>The innermost value that lies visibly outside the last one, times the sign: only copies from there on
    /// outwards would change the list. Null where there is none.</summary>
    public double? Inner
    {
        get
        {
            var last = Array.FindLastIndex([.. Values.Zip(Allowed)], value => value.First > Values[^1] + value.Second);
            return last < 0 ? null : Values[last];
        }
    }

    public bool Equals(WantedEnd other, double[] tolerances) =>
        Values.Length == other.Values.Length
        && Enumerable.Range(0, Values.Length).All(i => Math.Abs(Values[i] - other.Values[i]) <= tolerances[i]);
}
