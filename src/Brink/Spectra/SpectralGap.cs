namespace Brink.Spectra;

/// <summary>The gap below the wanted pairs at the last refresh of the guard vectors, and its rate of change. They determine how
/// long the guard vectors may go without a refresh.</summary>
/// <param name="Wanted">Number k of wanted pairs.</param>
/// <param name="Width">Gap lambda_k - lambda_{k+1}.</param>
/// <param name="Drift">Change of lambda_{k+1} per call; NaN if not yet known.</param>
/// <param name="Closing">Largest recent change of the width per call; NaN if not yet known.</param>
internal sealed record SpectralGap(int Wanted, double Width, double Drift, double Closing)
{
    // A guard vector is refreshed when the gap could close in twice the calls since its last refresh. The recorded rate of
    // change decays by two fifths per call.
    private const double SafetyFactor = 2, ClosingDecay = 0.6;

    /// <summary>Measures the gap after a refresh of the guard vectors; null if there are none.</summary>
    /// <param name="values">Eigenvalues, descending, the wanted ones first.</param>
    /// <param name="wanted">Number k of wanted pairs.</param>
    /// <param name="previous">State after the previous call.</param>
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
            double.IsNaN(before.Closing) ? change : Math.Max(change, Math.Pow(ClosingDecay, calls) * before.Closing));
    }

    /// <summary>Predicts a guard value that was measured some calls ago.</summary>
    public double Expected(double guard, int calls) => guard + (double.IsNaN(Drift) ? 0 : calls * Drift);

    /// <summary>Checks whether the gap may have closed since the last refresh, or may close before the next. It takes the worse
    /// of two cases: the guard value kept its distance, or continued its drift.</summary>
    /// <param name="lastWanted">Present lambda_k.</param>
    /// <param name="guard">lambda_{k+1} at its measurement.</param>
    /// <param name="calls">Number of calls since that measurement.</param>
    public bool MayClose(double lastWanted, double guard, int calls) =>
        !(Math.Min(Width, lastWanted - Expected(guard, calls)) > SafetyFactor * calls * Closing);
}
