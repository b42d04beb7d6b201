namespace Brink.Spectra;

/// <summary>Checks that the converged pairs are complete, in a Krylov space from a random direction orthogonal to the basis so
/// far: every missing eigenvalue, whether a copy of another or one that the start hardly contained, has a component
/// there.</summary>
/// <remarks>The search is complete as soon as one of two conditions holds. (1) The largest Ritz value theta of k rows of that
/// space is so far inside that, with probability 1 - 1e-4, no eigenvalue there is further out than a wanted one: with n
/// dimensions, lambda - theta above eps times the spread has probability at most 1.648 sqrt(n) exp(-sqrt(eps) (2k - 1))
/// (Kuczynski and Wozniakowski 1992, theorem 3). (2) The search has taken as many products as the wanted pairs took to converge
/// from a random direction; a copy needs fewer to appear.</remarks>
/// <param name="found">Wanted values of both ends when they converged.</param>
/// <param name="dimension">Dimension n.</param>
/// <param name="block">Rows of the space that are multiplied at once.</param>
/// <param name="from">Rows of the basis before the search.</param>
/// <param name="productsBefore">Products before the search.</param>
/// <param name="productsToConverge">Products that the wanted pairs took to converge.</param>
internal sealed class CopySearch(
    IReadOnlyList<WantedEnd> found, long dimension, int block, int from, int productsBefore, int productsToConverge)
{
    private const double Risk = 1e-4;

    private bool _whole = true;   // true while the rows after `from` are exactly the space of the search

    /// <summary>Records that the basis was restarted, or continued in other directions.</summary>
    public void Interrupt() => _whole = false;

    public bool Unchanged(IReadOnlyList<WantedEnd> now) =>
        found.Zip(now).All(pair => pair.First.Equals(pair.Second, pair.First.Allowed));

    public bool IsEnough(KrylovBasis basis, int products, IReadOnlyList<WantedEnd> now)
    {
        if (products - productsBefore >= productsToConverge) return true;
        var k = (basis.Count - from) / block;
        if (!_whole || k < 1) return false;
        var root = Math.Log(1.648 * Math.Sqrt(dimension) / Risk) / ((2 * k) - 1);
        var epsilon = root * root;
        if (epsilon >= 0.5) return false;
        var (least, largest) = basis.Ends(from);
        // Each end may be outside the Ritz values by epsilon times the true spread, which is at most their spread / (1 - 2
        // epsilon).
        var outside = epsilon * (largest - least) / (1 - (2 * epsilon));
        return now.All(end => end.Values is not [.., var last] || (end.Sign > 0 ? largest : -least) + outside < last);
    }
}

/// <summary>The wanted values at one end of the spectrum.</summary>
/// <param name="Sign">1 at the upper end, -1 at the lower.</param>
/// <param name="Values">Values times the sign, descending.</param>
/// <param name="Allowed">Residual that the tolerance allows for each value.</param>
internal sealed record WantedEnd(int Sign, double[] Values, double[] Allowed)
{
    /// <summary>The innermost value, times the sign, that exceeds the last one by more than its allowed residual; null if none
    /// does. Only copies of it, or of values further out, would change the list.</summary>
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
