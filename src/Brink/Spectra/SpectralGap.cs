namespace Brink.Spectra;

/// <summary>The gap behind the wanted pairs when the guard vectors below it were last refreshed, and how it moved: what says how
/// long they may go without a refresh.</summary>
/// <param name="Wanted">k.</param>
/// <param name="Width">lambda_k - lambda_{k+1}.</param>
/// <param name="Drift">Of lambda_{k+1}, a call; NaN where nobody knows yet.</param>
/// <param name="Closing">What the width changed by, a call, of late at most; NaN likewise.</param>
internal sealed record SpectralGap(int Wanted, double Width, double Drift, double Closing)
{
    // A guard vector is refreshed when the gap could close in twice the calls since; how fast it moves is forgotten by two
    // fifths a call.
    private const double Haste = 2, Forgets = 0.6;

    /// <summary>Where guard vectors were refreshed; null where there are none.</summary>
    /// <param name="values">Descending, the wanted ones first.</param>
    /// <param name="wanted">k.</param>
    /// <param name="previous">Of the call before.</param>
    public static SpectralGap? Measured(double[] values, int wanted, TrackerState? previous)
    {
        if (values.Length <= wanted) return null;
        var width = values[wanted - 1] - values[wanted];
        if (previous?.Gap is not { } before || before.Wanted != wanted) return new(wanted, width, double.NaN, double.NaN);
        var calls = previous.GuardAge + 1;
        var change = Math.Abs(width - before.Width) / calls;
        return new(
            wanted,
            width,
            (values[wanted] - previous.Pairs.Values[wanted]) / calls,
            double.IsNaN(before.Closing) ? change : Math.Max(change, Math.Pow(Forgets, calls) * before.Closing));
    }

    /// <summary>Where a guard value is likely to be that was measured some calls ago.</summary>
    public double Expected(double guard, int calls) => guard + (double.IsNaN(Drift) ? 0 : calls * Drift);

    /// <summary>Whether it may have closed since, or will have before it is refreshed: if the guard value kept its distance,
    /// or if it drifted on as it did, whichever is worse.</summary>
    /// <param name="lastWanted">lambda_k now.</param>
    /// <param name="guard">lambda_{k+1} when it was measured.</param>
    /// <param name="calls">Since then.</param>
    public bool MayClose(double lastWanted, double guard, int calls) =>
        !(Math.Min(Width, lastWanted - Expected(guard, calls)) > Haste * calls * Closing);
}
