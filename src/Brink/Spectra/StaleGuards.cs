namespace Brink.Spectra;

/// <summary>Guard vectors that a call does not refresh: orthonormal rows [c,p], their values and residuals at the last refresh,
/// and their expected present values.</summary>
internal sealed record StaleGuards(Tensor Rows, double[] Values, double[] Residuals, double[] Expected)
{
    public static StaleGuards Of(TrackerState state, int pairs, ScalarType precision)
    {
        var count = Math.Max(0, state.Pairs.Values.Count - pairs);
        double[] values = [.. state.Pairs.Values.TakeLast(count)];
        return new(
            state.Rows(pairs, state.Pairs.Values.Count).to(precision),
            values,
            [.. state.Pairs.Residuals.TakeLast(count)],
            [.. values.Select(value => state.Gap?.Expected(value, state.GuardAge + 1) ?? value)]);
    }
}
