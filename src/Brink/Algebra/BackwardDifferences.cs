namespace Brink.Algebra;

/// <summary>The backward differences of a quantity that is seen at equal distances, and what it is likely to be next: Newton's
/// formula (Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, section III.1), with as many terms as served
/// the last time.</summary>
/// <remarks>The difference of order q is what the formula with q terms missed by when the last value came. Of a smooth quantity
/// they fall with the order until they reach its rounding, which grows with it; a jump shows in all of them, and the formula is a
/// short one until that is behind.</remarks>
/// <param name="Orders">Of order 0, which is the value itself, of order 1, and so on.</param>
public sealed record BackwardDifferences(IReadOnlyList<double[]> Orders)
{
    private const int Highest = 5;

    // One more term has to lower what is missed to this share: among differences that are but rounding some are small by chance.
    private const double Worthwhile = 0.5;

    public static BackwardDifferences None { get; } = new([]);

    /// <summary>With one value more; one of another length starts anew.</summary>
    public BackwardDifferences With(double[] value)
    {
        List<double[]> orders = [value];
        if (Orders.Count == 0 || Orders[0].Length != value.Length) return new(orders);
        for (var q = 0; q < Math.Min(Orders.Count, Highest); q++)
            orders.Add([.. orders[q].Zip(Orders[q], (now, before) => now - before)]);
        return new(orders);
    }

    /// <summary>The value that is likely to come; null where none has come yet.</summary>
    public double[]? Next()
    {
        if (Orders.Count == 0) return null;
        var missed = Orders.Select(order => order.Max(Math.Abs)).ToArray();
        var terms = 0;
        while (terms + 1 < missed.Length && missed[terms + 1] <= Worthwhile * missed[terms]) terms++;
        // Nothing yet tells that the last difference does harm.
        if (terms == missed.Length - 1) terms++;
        return [.. Enumerable.Range(0, Orders[0].Length).Select(i => Orders.Take(terms).Sum(order => order[i]))];
    }

    internal void Save(Snapshot to)
    {
        to.Set("orders", Orders.Count);
        for (var q = 0; q < Orders.Count; q++) to.Set($"order_{q}", Orders[q].AsEnumerable());
    }

    /// <summary>None where none were saved.</summary>
    internal static BackwardDifferences Restored(Snapshot from) => from.Has("orders")
        ? new([.. Enumerable.Range(0, (int)from.Whole("orders")).Select(q => from.Numbers($"order_{q}"))])
        : None;
}
