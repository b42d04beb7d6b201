namespace Brink.Algebra;

/// <summary>The backward differences of a quantity observed at equal intervals, and its predicted next value: Newton's formula
/// (Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, section III.1), with as many terms as helped to
/// predict the last value.</summary>
/// <remarks>The difference of order q is the error of the formula with q terms at the last value. For a smooth quantity the
/// differences fall with the order until they reach its rounding error, which grows with the order. A jump affects all
/// differences, and the formula stays short until the jump is past.</remarks>
/// <param name="Orders">The difference of order 0, which is the value itself, of order 1, and so on.</param>
public sealed record BackwardDifferences(IReadOnlyList<double[]> Orders)
{
    private const int Highest = 5;

    // One more term has to lower the error to this share: among differences that are only rounding, some are small by chance.
    private const double RequiredReduction = 0.5;

    /// <summary>The differences before the first value: an empty list.</summary>
    public static BackwardDifferences None { get; } = new([]);

    /// <summary>Returns the differences after one more value; a value of another length starts a new sequence.</summary>
    public BackwardDifferences With(double[] value)
    {
        List<double[]> orders = [value];
        if (Orders.Count == 0 || Orders[0].Length != value.Length) return new(orders);
        for (var q = 0; q < Math.Min(Orders.Count, Highest); q++)
            orders.Add([.. orders[q].Zip(Orders[q], (now, before) => now - before)]);
        return new(orders);
    }

    /// <summary>Predicts the next value; null before the first one.</summary>
    public double[]? Next()
    {
        if (Orders.Count == 0) return null;
        var largest = Orders.Select(order => order.Max(Math.Abs)).ToArray();
        var terms = 0;
        while (terms + 1 < largest.Length && largest[terms + 1] <= RequiredReduction * largest[terms]) terms++;
        // No error is known yet with the last difference included, so it is used.
        if (terms == largest.Length - 1) terms++;
        return [.. Enumerable.Range(0, Orders[0].Length).Select(i => Orders.Take(terms).Sum(order => order[i]))];
    }

    internal void Save(Snapshot to)
    {
        to.Set("orders", Orders.Count);
        for (var q = 0; q < Orders.Count; q++) to.Set($"order_{q}", Orders[q].AsEnumerable());
    }

    /// <summary>Returns <see cref="None"/> if nothing was saved.</summary>
    internal static BackwardDifferences Restored(Snapshot from) => from.Has("orders")
        ? new([.. Enumerable.Range(0, (int)from.Whole("orders")).Select(q => from.Numbers($"order_{q}"))])
        : None;
}
