namespace Brink.Lab;

/// <summary>Suggests the name that was probably meant.</summary>
public static class Nearest
{
    private const int LongestName = 60;

    /// <summary>Returns "; did you mean 'x'?" where a known name is close, otherwise the list of all known names.</summary>
    public static string Hint(string name, IEnumerable<string> known)
    {
        var all = known.ToArray();
        // No known name is near a far longer one, and the distance costs the product of both lengths.
        if (name.Length > LongestName) return $"; expected one of {string.Join(", ", all)}";
        var nearest = all
            .Select(candidate => (candidate, distance: Distance(name, candidate)))
            .MinBy(pair => pair.distance);
        return nearest.candidate is not null && nearest.distance <= Math.Max(2, name.Length / 3)
            ? $"; did you mean '{nearest.candidate}'?"
            : $"; expected one of {string.Join(", ", all)}";
    }

    /// <summary>Counts insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).</summary>
    internal static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }
        return d[a.Length, b.Length];
    }
}
