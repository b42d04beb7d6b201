namespace Brink.Spectra;

/// <summary>Estimates of spectral quantities from the Gauss rules of several probes.</summary>
/// <param name="Rules">One rule for each probe.</param>
/// <param name="Dimension">Dimension p of the operator.</param>
/// <param name="Products">Number of products for all rules.</param>
public sealed record SpectralQuadrature(IReadOnlyList<GaussRule> Rules, long Dimension, int Products)
{
    /// <summary>The threshold, relative to the largest magnitude, below which eigenvalues count as zero.</summary>
    public const double NullCut = 1e-6;

    /// <summary>Estimates tr f(A), with its error over the probes.</summary>
    public TraceEstimate TraceOf(Func<double, double> f) =>
        TraceEstimate.Mean([.. Rules.Select(rule => Dimension * rule.Mean(f))], Products);

    /// <summary>tr A.</summary>
    public TraceEstimate Trace => TraceOf(value => value);

    /// <summary>tr A^2 = ||A||_F^2.</summary>
    public TraceEstimate TraceOfSquare => TraceOf(value => value * value);

    /// <summary>(tr A)^2 / tr A^2: the number of equal eigenvalues that would have this trace and this norm. It is meant for A
    /// without negative curvature: where signs cancel it is small whatever the rank.</summary>
    public double ParticipationRank => Math.Pow(Trace.Value, 2) / TraceOfSquare.Value;

    /// <summary>tr |A| / max |lambda|: the number of eigenvalues of the largest magnitude that would have this tr
    /// |A|.</summary>
    public double IntrinsicRank => TraceOf(Math.Abs).Value / LargestMagnitude;

    /// <summary>A lower bound of max |lambda|, close to it after a few tens of steps.</summary>
    public double LargestMagnitude => Nodes.Any(double.IsNaN) ? double.NaN : Nodes.Max(Math.Abs);

    /// <summary>True if every probe's space became invariant: then nodes are eigenvalues, and no eigenvalue is
    /// missing.</summary>
    public bool IsExact => Rules.All(rule => rule.IsExact);

    /// <summary>Computes the condition number of A outside its null space: largest over smallest magnitude of the eigenvalues
    /// above cut times the largest. It is exact where <see cref="IsExact"/>. Otherwise it is usually too small, for definite A
    /// never too large, since nodes reach the smallest magnitudes last.</summary>
    /// <param name="cut">Threshold relative to the largest magnitude, at least 0 and below 1: magnitudes not above it count as
    /// zero.</param>
    public double ConditionNumber(double cut)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cut, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(cut, 1);
        var largest = LargestMagnitude;
        // Not finite, or nothing outside the null space.
        if (!double.IsFinite(largest) || largest == 0) return double.NaN;
        return largest / Nodes.Select(Math.Abs).Where(value => value > cut * largest).Min();
    }

    /// <summary>Computes the density over a grid, its deltas widened to normal densities of standard deviation
    /// <paramref name="width"/>: the mean over the probes and its standard error. Its integral is 1.</summary>
    public DensityCurve Density(IReadOnlyList<double> grid, double width) =>
        Curve(grid, width, value => value);

    /// <summary>Computes the density of log10 |lambda| over the negative or the positive eigenvalues, in decades, so that
    /// outliers and bulk fit in one picture. The two integrals sum to 1 minus the share of eigenvalues that are exactly 0.
    /// Those that are 0 but for rounding appear some 16 decades below the largest.</summary>
    /// <param name="grid">Grid of log10 |lambda|.</param>
    /// <param name="width">Standard deviation in decades.</param>
    /// <param name="negative">True for the negative eigenvalues, false for the positive ones.</param>
    public DensityCurve LogDensity(IReadOnlyList<double> grid, double width, bool negative) =>
        Curve(grid, width, value => value < 0 == negative && value != 0 ? Math.Log10(Math.Abs(value)) : null);

    private IEnumerable<double> Nodes => Rules.SelectMany(rule => rule.Nodes);

    private DensityCurve Curve(IReadOnlyList<double> grid, double width, Func<double, double?> place)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        var points = grid.Select(At).ToArray();
        return new(grid, [.. points.Select(point => point.Value)], [.. points.Select(point => point.StandardError)]);

        TraceEstimate At(double x) => TraceEstimate.Mean([.. Rules.Select(rule => rule.Mean(value => Bump(x, value)))], Products);

        double Bump(double x, double value) => place(value) is not { } at ? 0
            : Math.Exp(-Math.Pow((x - at) / width, 2) / 2) / (width * Math.Sqrt(2 * Math.PI));
    }
}

/// <param name="Grid">Grid [n].</param>
/// <param name="Mean">Density [n], per unit of the grid.</param>
/// <param name="StandardError">Standard error of the mean over the probes [n]; NaN for a single probe.</param>
public sealed record DensityCurve(IReadOnlyList<double> Grid, IReadOnlyList<double> Mean, IReadOnlyList<double> StandardError);
